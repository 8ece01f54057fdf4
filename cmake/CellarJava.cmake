# Java by javac and Debian's jars: nothing is fetched. client/java/pom.xml is the way of Java's users.
#
#   cellar_jar(NAME SOURCES file… CLASSPATH jar… [DEPENDS target…] [FLAGS …]): NAME.jar in the present build folder, by a
#   target NAME that `all` builds; its path is in NAME_jar.

find_package(Java 11 REQUIRED COMPONENTS Development)

# The small compiler of the JVM: javac runs too short for the other to pay.
set(CELLAR_JAVAC ${Java_JAVAC_EXECUTABLE} -J-XX:+UseSerialGC -J-XX:TieredStopAtLevel=1 -proc:none -encoding UTF-8 --release 11)

foreach(jar thrift slf4j-api slf4j-nop junit4 hamcrest-all)
  string(MAKE_C_IDENTIFIER ${jar} id)
  find_file(CELLAR_JAR_${id} ${jar}.jar PATHS /usr/share/java REQUIRED)
endforeach()

function(cellar_jar name)
  cmake_parse_arguments(ARG "" "" "SOURCES;CLASSPATH;DEPENDS;FLAGS" ${ARGN})
  set(jar ${CMAKE_CURRENT_BINARY_DIR}/${name}.jar)
  set(classes ${CMAKE_CURRENT_BINARY_DIR}/${name}.classes)
  set(arguments ${CMAKE_CURRENT_BINARY_DIR}/${name}.sources)
  list(JOIN ARG_SOURCES "\n" lines)
  file(GENERATE OUTPUT ${arguments} CONTENT "${lines}\n")
  list(JOIN ARG_CLASSPATH ":" classpath)
  add_custom_command(
    OUTPUT ${jar}
    COMMAND ${CMAKE_COMMAND} -E rm -rf ${classes}
    COMMAND ${CELLAR_JAVAC} ${ARG_FLAGS} -cp "${classpath}" -d ${classes} @${arguments}
    COMMAND ${Java_JAR_EXECUTABLE} --create --file ${jar} -C ${classes} .
    DEPENDS ${ARG_SOURCES} ${ARG_CLASSPATH} ${ARG_DEPENDS} ${arguments}
    COMMENT "Java classes of ${name}"
    VERBATIM)
  add_custom_target(${name} ALL DEPENDS ${jar})
  set(${name}_jar ${jar} PARENT_SCOPE)
endfunction()
