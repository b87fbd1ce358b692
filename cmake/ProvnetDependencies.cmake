# Every third-party library, found by find_package (or pkg-config where it ships no CMake files).
# The LibTorch that PyTorch publishes has the headers of another version of Protocol Buffers among its own, and otherwise stands in for the
# library: it is found before, and not in LibTorch's folder.
find_path(Protobuf_INCLUDE_DIR google/protobuf/service.h NO_CMAKE_PATH NO_CMAKE_ENVIRONMENT_PATH)
find_package(Protobuf REQUIRED)
# Before RocksDB, whose configuration defines gflags under another name than LibTorch's expects.
find_package(Torch REQUIRED)
# What LibTorch's Gloo collectives are declared with; without them, provnet-train trains alone only.
find_package(Gloo CONFIG QUIET)
get_target_property(provnet_torch_definitions torch_cpu INTERFACE_COMPILE_DEFINITIONS)
if(Gloo_FOUND AND "USE_C10D_GLOO" IN_LIST provnet_torch_definitions)
  set(PROVNET_GLOO ON)
endif()
find_package(absl REQUIRED CONFIG)
# LibTorch's headers would still be searched first. A link leads to ours, since compilers search /usr/include last whatever they
# are told.
foreach(folder IN LISTS TORCH_INCLUDE_DIRS)
  if(EXISTS ${folder}/google/protobuf)
    file(MAKE_DIRECTORY ${PROJECT_BINARY_DIR}/first_headers/google)
    file(CREATE_LINK ${Protobuf_INCLUDE_DIR}/google/protobuf ${PROJECT_BINARY_DIR}/first_headers/google/protobuf SYMBOLIC)
    target_include_directories(provnet_options SYSTEM INTERFACE ${PROJECT_BINARY_DIR}/first_headers)
  endif()
endforeach()
find_package(gRPC REQUIRED CONFIG)
# On Debian 13 RE2's flags, which gRPC hands on, have a definition in them: the precompiled header needs it, too.
if(TARGET re2::re2)
  get_target_property(re2_options re2::re2 INTERFACE_COMPILE_OPTIONS)
  if("-DNOMINMAX" IN_LIST re2_options)
    target_compile_options(provnet_options INTERFACE -DNOMINMAX)
  endif()
endif()
# Export of traces, where it is there: Debian 13 has it, Debian 12 has not.
find_package(opentelemetry-cpp CONFIG QUIET)
if(TARGET opentelemetry-cpp::otlp_grpc_exporter)
  set(PROVNET_OTLP ON)
endif()
find_package(RocksDB REQUIRED CONFIG)
find_package(prometheus-cpp REQUIRED CONFIG)
find_package(spdlog REQUIRED CONFIG)
find_package(nlohmann_json REQUIRED CONFIG)
find_package(OpenSSL REQUIRED)
find_package(ZLIB REQUIRED)
find_package(LibArchive REQUIRED)
find_package(PNG REQUIRED)
find_package(Boost REQUIRED CONFIG)
find_package(PkgConfig REQUIRED)
pkg_check_modules(turbojpeg REQUIRED IMPORTED_TARGET libturbojpeg)
pkg_check_modules(chafa REQUIRED IMPORTED_TARGET chafa)
pkg_check_modules(httplib REQUIRED IMPORTED_TARGET cpp-httplib)
if(PROVNET_BUILD_TESTS)
  find_package(GTest REQUIRED CONFIG)
  find_package(benchmark REQUIRED CONFIG)
  include(GoogleTest)
endif()

add_library(provnet_torch INTERFACE)
target_link_libraries(provnet_torch INTERFACE ${TORCH_LIBRARIES})
target_include_directories(provnet_torch SYSTEM INTERFACE ${TORCH_INCLUDE_DIRS})
separate_arguments(provnet_torch_flags UNIX_COMMAND "${TORCH_CXX_FLAGS}")
target_compile_options(provnet_torch INTERFACE ${provnet_torch_flags})
# Before LibTorch: the one that PyTorch publishes exports std::filesystem of the compiler that built it, which crashes in our programs.
target_link_options(provnet_torch INTERFACE LINKER:--no-as-needed -lstdc++ LINKER:--as-needed)

# The one compilation of the LibTorch headers that every Torch target reuses.
file(WRITE ${PROJECT_BINARY_DIR}/torch_pch.cc "// Holds the precompiled LibTorch header.\n")
add_library(provnet_torch_pch OBJECT ${PROJECT_BINARY_DIR}/torch_pch.cc)
target_link_libraries(provnet_torch_pch PRIVATE provnet_options provnet_torch)
target_compile_options(provnet_torch_pch PRIVATE ${PROVNET_WARNINGS})
target_precompile_headers(provnet_torch_pch PRIVATE <torch/torch.h> <torch/script.h>)
