# culprit_embed(target name folder): compiles the *.json files of `folder` into `target` as
#     const struct embedded_file embedded_<name>[];  const size_t embedded_<name>_n;
# (declared in src/base/embed.h), in the order of their names.
function(culprit_embed target name folder)
    file(GLOB files CONFIGURE_DEPENDS "${folder}/*.json")
    set(out "${CMAKE_BINARY_DIR}/embedded_${name}.c")
    add_custom_command(
        OUTPUT "${out}"
        COMMAND ${CMAKE_COMMAND} -DNAME=${name} -DOUT=${out} "-DFILES=${files}"
                -P "${CMAKE_SOURCE_DIR}/cmake/embed_script.cmake"
        DEPENDS ${files} "${CMAKE_SOURCE_DIR}/cmake/embed_script.cmake"
        VERBATIM)
    target_sources(${target} PRIVATE "${out}")
endfunction()
