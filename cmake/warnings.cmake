# Compiler flags of every target: house warnings where the compiler knows them, hardening in
# release builds, sanitizers by preset.
include(CheckCCompilerFlag)

set(CULPRIT_WARNINGS
    -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes -Wundef
    -Wvla -Wformat=2 -Wformat-signedness -Wnull-dereference -Wduplicated-cond -Wlogical-op
    -Wcast-align=strict -Wswitch-enum)
set(CULPRIT_FLAGS)
foreach(flag ${CULPRIT_WARNINGS})
    string(MAKE_C_IDENTIFIER "HAVE${flag}" have)
    check_c_compiler_flag(${flag} ${have})
    if(${have})
        list(APPEND CULPRIT_FLAGS ${flag})
    endif()
endforeach()
if(CULPRIT_WERROR)
    list(APPEND CULPRIT_FLAGS -Werror)
endif()

function(culprit_flags target)
    target_compile_definitions(${target} PRIVATE _GNU_SOURCE CULPRIT_VERSION="${PROJECT_VERSION}")
    target_compile_options(${target} PRIVATE ${CULPRIT_FLAGS})
    # Statistics are equal to the last digit on every machine: no fused multiplications.
    target_compile_options(${target} PRIVATE -ffp-contract=off)
    if(CMAKE_BUILD_TYPE STREQUAL "Release" AND NOT CULPRIT_SANITIZE)
        target_compile_options(${target} PRIVATE -D_FORTIFY_SOURCE=2 -fstack-protector-strong)
    endif()
    if(CULPRIT_SANITIZE)
        target_compile_options(${target} PRIVATE -fsanitize=${CULPRIT_SANITIZE}
                               -fno-omit-frame-pointer -fno-sanitize-recover=all)
        target_link_options(${target} PUBLIC -fsanitize=${CULPRIT_SANITIZE})
    endif()
    if(CULPRIT_FUZZ)
        target_compile_options(${target} PRIVATE -fsanitize=fuzzer-no-link)
    endif()
endfunction()
