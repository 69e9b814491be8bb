# SPDX-License-Identifier: Apache-2.0
# house_flags: the language and the warnings of every target, never set globally.
add_library(house_flags INTERFACE)
target_compile_features(house_flags INTERFACE c_std_17)
target_compile_definitions(house_flags INTERFACE _GNU_SOURCE)
target_compile_options(house_flags INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wstrict-prototypes
  -Wmissing-prototypes -Wold-style-definition -Wundef -Wpointer-arith -Wcast-qual -Wwrite-strings
  -Wformat=2 -Wvla -Wswitch-enum -Wnull-dereference -Wimplicit-fallthrough)

# lianhu_module(NAME DEPS module... LIBS library...): the static library of common/NAME. DEPS are
# the modules it may see (public, so the layers are the link lines); LIBS are foreign and private.
function(lianhu_module name)
  cmake_parse_arguments(arg "" "" "DEPS;LIBS" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${name}/*.c)
  add_library(${name} STATIC ${sources})
  target_include_directories(${name} PUBLIC ${CMAKE_CURRENT_SOURCE_DIR})
  target_link_libraries(${name} PUBLIC ${arg_DEPS} PRIVATE house_flags ${arg_LIBS})
endfunction()
