# The functions that declare our own targets: warnings as errors, sanitizers, one alias a library.

add_library(provnet_options INTERFACE)
target_include_directories(provnet_options INTERFACE ${PROJECT_SOURCE_DIR})
# Every target alike, since a precompiled header is only valid under the flags that it was built with.
target_compile_options(provnet_options INTERFACE -pthread)
target_link_libraries(provnet_options INTERFACE Threads::Threads)
if(PROVNET_SANITIZE)
  target_compile_options(provnet_options INTERFACE -fsanitize=${PROVNET_SANITIZE} -fno-omit-frame-pointer
                                                   -fno-sanitize-recover=all)
  target_link_options(provnet_options INTERFACE -fsanitize=${PROVNET_SANITIZE})
endif()
if(CMAKE_CXX_COMPILER_ID MATCHES "Clang")
  target_compile_options(provnet_options INTERFACE -Wthread-safety)
endif()

set(PROVNET_WARNINGS -Wall -Wextra -Wshadow -Wnon-virtual-dtor -Woverloaded-virtual
                     -Wimplicit-fallthrough -Werror)
if(PROVNET_SANITIZE)
  # GCC's flow analysis warns without cause about instrumented code (-Warray-bounds), and about every fence in
  # Abseil's flags (-Wtsan). The plain builds keep warnings as errors.
  list(REMOVE_ITEM PROVNET_WARNINGS -Werror)
endif()

# provnet_library(NAME SOURCES... [PUBLIC_DEPS...] [PRIVATE_DEPS...] [TORCH])
# Declares the static library provnet_NAME with the alias provnet::NAME. TORCH reuses the precompiled
# LibTorch header, which saves about 20 s a translation unit.
function(provnet_library name)
  cmake_parse_arguments(ARG "TORCH" "" "SOURCES;PUBLIC_DEPS;PRIVATE_DEPS" ${ARGN})
  add_library(provnet_${name} STATIC ${ARG_SOURCES})
  add_library(provnet::${name} ALIAS provnet_${name})
  target_link_libraries(provnet_${name} PUBLIC provnet_options ${ARG_PUBLIC_DEPS} PRIVATE ${ARG_PRIVATE_DEPS})
  target_compile_options(provnet_${name} PRIVATE ${PROVNET_WARNINGS})
  if(ARG_TORCH)
    provnet_use_torch(provnet_${name})
  endif()
endfunction()

# provnet_binary(NAME SOURCES... [DEPS...] [TORCH]): a program in ${PROJECT_BINARY_DIR}/bin.
function(provnet_binary name)
  cmake_parse_arguments(ARG "TORCH" "" "SOURCES;DEPS" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE provnet_options ${ARG_DEPS})
  target_compile_options(${name} PRIVATE ${PROVNET_WARNINGS})
  if(ARG_TORCH)
    provnet_use_torch(${name})
  endif()
endfunction()

# provnet_test(NAME SOURCES... [DEPS...] [TORCH] [TIMEOUT seconds] [FIXTURE name]):
# one GoogleTest program whose cases are listed in ctest one by one.
function(provnet_test name)
  cmake_parse_arguments(ARG "TORCH" "TIMEOUT;FIXTURE" "SOURCES;DEPS" ${ARGN})
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 120)
  endif()
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE provnet_options ${ARG_DEPS} GTest::gmock_main)
  target_compile_options(${name} PRIVATE ${PROVNET_WARNINGS})
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/tests)
  if(ARG_TORCH)
    provnet_use_torch(${name})
  endif()
  gtest_discover_tests(${name} DISCOVERY_MODE PRE_TEST DISCOVERY_TIMEOUT 60
                       PROPERTIES TIMEOUT ${ARG_TIMEOUT} FIXTURES_REQUIRED "${ARG_FIXTURE}")
endfunction()

function(provnet_use_torch target)
  target_link_libraries(${target} PRIVATE provnet_torch)
  target_precompile_headers(${target} REUSE_FROM provnet_torch_pch)
endfunction()
