# Finds libzstd, preferring the static library of a prefix in CMAKE_PREFIX_PATH.
# Defines the target zstd::zstd, under the name that RocksDB's package uses too,
# and zstd_VERSION.
find_path(ZSTD_INCLUDE_DIRS NAMES zstd.h)
find_library(ZSTD_LIBRARIES NAMES libzstd.a zstd)
if(ZSTD_INCLUDE_DIRS)
  file(STRINGS ${ZSTD_INCLUDE_DIRS}/zstd.h lines
    REGEX "#define ZSTD_VERSION_(MAJOR|MINOR|RELEASE) ")
  string(REGEX REPLACE "[^0-9;]" "" numbers "${lines}")
  list(JOIN numbers "." zstd_VERSION)
endif()
include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(zstd
  REQUIRED_VARS ZSTD_LIBRARIES ZSTD_INCLUDE_DIRS VERSION_VAR zstd_VERSION)
mark_as_advanced(ZSTD_LIBRARIES ZSTD_INCLUDE_DIRS)
if(zstd_FOUND AND NOT TARGET zstd::zstd)
  add_library(zstd::zstd UNKNOWN IMPORTED)
  set_target_properties(zstd::zstd PROPERTIES
    IMPORTED_LOCATION ${ZSTD_LIBRARIES}
    INTERFACE_INCLUDE_DIRECTORIES ${ZSTD_INCLUDE_DIRS})
endif()
