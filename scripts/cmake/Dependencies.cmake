# SPDX-License-Identifier: Apache-2.0
# What lianhu is built on, all of it from the distribution; nothing is downloaded here.
find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)
pkg_check_modules(zmq REQUIRED IMPORTED_TARGET libzmq>=4.3.4)
# Debian's libzmq.pc names the headers of what libzmq is built with. They are not needed, and CMake
# passes them in another form at its second run, which would compile everything again.
set(zmq_folders "")
foreach(folder IN LISTS zmq_INCLUDE_DIRS)
  if(EXISTS ${folder}/zmq.h)
    list(APPEND zmq_folders ${folder})
  endif()
endforeach()
set_target_properties(PkgConfig::zmq PROPERTIES
  INTERFACE_INCLUDE_DIRECTORIES "${zmq_folders}" INTERFACE_COMPILE_OPTIONS "")
pkg_check_modules(lmdb REQUIRED IMPORTED_TARGET lmdb>=0.9.24)
pkg_check_modules(msgpack REQUIRED IMPORTED_TARGET msgpack>=3.3)
pkg_check_modules(yaml REQUIRED IMPORTED_TARGET yaml-0.1>=0.2.5)
pkg_check_modules(sodium REQUIRED IMPORTED_TARGET libsodium>=1.0.18)
pkg_check_modules(jansson REQUIRED IMPORTED_TARGET jansson>=2.14)
pkg_check_modules(qrencode REQUIRED IMPORTED_TARGET libqrencode>=4.1)
# 2.8 in Debian 12 calls itself 2.6 in its .pc file.
pkg_check_modules(utf8proc REQUIRED IMPORTED_TARGET libutf8proc>=2.6)
pkg_check_modules(cmocka IMPORTED_TARGET cmocka>=1.1.5)

# The distribution's own interpreter: its yaml, zmq and msgpack modules come from packages too.
find_program(PYTHON3 NAMES python3 PATHS /usr/bin NO_DEFAULT_PATH REQUIRED)
