# Compiles through ccache where it is installed. The sloppiness flags are the ones that ccache's manual
# requires for precompiled headers.
find_program(PROVNET_CCACHE ccache)
if(PROVNET_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER
      ${CMAKE_COMMAND} -E env
      CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime
      CCACHE_BASEDIR=${PROJECT_SOURCE_DIR} CCACHE_NOHASHDIR=1 ${PROVNET_CCACHE})
endif()
