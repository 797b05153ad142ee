# How targets of this project are declared. Every folder's CMakeLists.txt uses
# these functions and lists its files by hand.

include(CheckCXXCompilerFlag)

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/bin)
if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "" FORCE)
endif()

# Warnings, sanitizers and include root of one of our targets. RocksDB's release
# libraries are built without RTTI; code that derives from its classes without
# RTTI links with either kind.
function(gpu_zstd_common target)
  target_include_directories(${target} PUBLIC
    $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}>)
  set(cxx_flags -Wall -Wextra -Wshadow -Wno-unused-parameter -fno-rtti)
  if(GPU_ZSTD_WERROR)
    list(APPEND cxx_flags -Werror)
  endif()
  if(GPU_ZSTD_SANITIZE STREQUAL "address")
    set(sanitize -O1 -fsanitize=address,undefined -fno-sanitize=vptr
      -fno-sanitize-recover=all -fno-omit-frame-pointer)
    if(CMAKE_CXX_COMPILER_ID MATCHES Clang)
      # Coverage, by which the fuzzers in tests/fuzz/ find their way.
      list(APPEND cxx_flags -fsanitize=fuzzer-no-link)
    endif()
  elseif(GPU_ZSTD_SANITIZE STREQUAL "thread")
    set(sanitize -O1 -fsanitize=thread -fno-omit-frame-pointer)
  elseif(GPU_ZSTD_SANITIZE)
    message(FATAL_ERROR "GPU_ZSTD_SANITIZE is '${GPU_ZSTD_SANITIZE}'; "
      "expected empty, 'address' or 'thread'")
  endif()
  target_compile_options(${target} PRIVATE
    $<$<COMPILE_LANGUAGE:CXX>:${cxx_flags};${sanitize}>)
  target_link_options(${target} PRIVATE ${sanitize})
endfunction()

# Compiles each header alone, so that none depends on what precedes it.
function(gpu_zstd_check_headers target)
  set(units)
  foreach(header IN LISTS ARGN)
    cmake_path(ABSOLUTE_PATH header NORMALIZE OUTPUT_VARIABLE path)
    cmake_path(RELATIVE_PATH path BASE_DIRECTORY ${PROJECT_SOURCE_DIR}
      OUTPUT_VARIABLE relative)
    string(MAKE_C_IDENTIFIER ${relative} unit_name)
    set(unit ${PROJECT_BINARY_DIR}/header_units/${unit_name}.cc)
    file(CONFIGURE OUTPUT ${unit}
      CONTENT "#include \"${relative}\"  // IWYU pragma: keep\n")
    list(APPEND units ${unit})
  endforeach()
  if(units)
    add_library(${target}_headers OBJECT ${units})
    gpu_zstd_common(${target}_headers)
    target_link_libraries(${target}_headers PRIVATE ${target})
  endif()
endfunction()

# gpu_zstd_library(NAME SOURCES a.cc… HEADERS a.h… PUBLIC targets… PRIVATE targets…)
# HEADERS are the ones that must compile alone (host headers only).
function(gpu_zstd_library name)
  cmake_parse_arguments(ARG "" "" "SOURCES;HEADERS;PUBLIC;PRIVATE" ${ARGN})
  add_library(${name} STATIC ${ARG_SOURCES})
  target_link_libraries(${name} PUBLIC ${ARG_PUBLIC} PRIVATE ${ARG_PRIVATE})
  target_compile_features(${name} PUBLIC cxx_std_20)
  gpu_zstd_common(${name})
  if(GPU_ZSTD_TESTS)
    gpu_zstd_check_headers(${name} ${ARG_HEADERS})
  endif()
endfunction()

# gpu_zstd_tool(NAME SOURCES a.cc… LINK targets…): an executable in build/…/bin.
function(gpu_zstd_tool name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LINK" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE ${ARG_LINK})
  gpu_zstd_common(${name})
endfunction()

# Whether one of the targets links RocksDB, directly or not.
function(gpu_zstd_links_rocksdb result)
  set(${result} OFF PARENT_SCOPE)
  foreach(target IN LISTS ARGN)
    if(target STREQUAL "RocksDB::rocksdb")
      set(${result} ON PARENT_SCOPE)
    elseif(TARGET ${target})
      get_target_property(next ${target} INTERFACE_LINK_LIBRARIES)
      if(next)
        gpu_zstd_links_rocksdb(found ${next})
        if(found)
          set(${result} ON PARENT_SCOPE)
        endif()
      endif()
    endif()
  endforeach()
endfunction()

# gpu_zstd_test(NAME SOURCES a_test.cc… LINK targets… [LABELS labels…]
#   [TIMEOUT seconds] [NO_TSAN]): one GoogleTest program, each of its cases a
# ctest test. The default time limit is generous: no test here judges speed.
# Labels: 'rocksdb' for what links RocksDB; 'tsan' for what runs under
# ThreadSanitizer: what has threads (all but NO_TSAN), without RocksDB, which is not
# instrumented.
function(gpu_zstd_test name)
  cmake_parse_arguments(ARG "NO_TSAN" "TIMEOUT" "SOURCES;LINK;LABELS" ${ARGN})
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 300)
  endif()
  gpu_zstd_links_rocksdb(with_rocksdb ${ARG_LINK})
  if(with_rocksdb)
    list(APPEND ARG_LABELS rocksdb)
  elseif(NOT ARG_NO_TSAN)
    list(APPEND ARG_LABELS tsan)
  endif()
  list(REMOVE_DUPLICATES ARG_LABELS)
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE ${ARG_LINK} GTest::gtest_main)
  gpu_zstd_common(${name})
  set_target_properties(${name} PROPERTIES
    RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/tests)
  set(environment)
  if(GPU_ZSTD_SANITIZE STREQUAL "thread")
    set(environment ENVIRONMENT
      TSAN_OPTIONS=ignore_noninstrumented_modules=1:suppressions=${PROJECT_SOURCE_DIR}/tests/tsan.supp)
  elseif(GPU_ZSTD_SANITIZE STREQUAL "address")
    set(environment ENVIRONMENT
      LSAN_OPTIONS=print_suppressions=0:suppressions=${PROJECT_SOURCE_DIR}/tests/lsan.supp)
  endif()
  # One file names all cases of the program, where a list of labels survives.
  gtest_discover_tests(${name} TEST_PREFIX "${name}." DISCOVERY_TIMEOUT 60
    TEST_LIST ${name}_cases PROPERTIES TIMEOUT ${ARG_TIMEOUT} ${environment})
  set(labels ${CMAKE_CURRENT_BINARY_DIR}/${name}_labels.cmake)
  file(WRITE ${labels} "foreach(case IN LISTS ${name}_cases)\n"
    "  set_tests_properties(\${case} PROPERTIES LABELS \"${ARG_LABELS}\")\n"
    "endforeach()\n")
  set_property(DIRECTORY APPEND PROPERTY TEST_INCLUDE_FILES ${labels})
endfunction()
