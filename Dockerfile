# The router on the JVM. Build it in this folder:
#
#   docker build -t session-router:0.1.0 .
#
# Not built where this file was written, because there was no Docker.

FROM maven:3.9-eclipse-temurin-25 AS build
WORKDIR /src
COPY build/parent build/parent
COPY pom.xml .
COPY src src
# Without the checks of the sources, which ./verify makes.
RUN mvn -q -B -P '!gates' -DskipTests package

FROM eclipse-temurin:25-jre-noble
# Settings are read from config/application.properties below it.
WORKDIR /work
COPY --from=build /src/target/quarkus-app /opt/session-router
USER 10001
EXPOSE 8080 9000
ENTRYPOINT ["java", "-XX:+UseSerialGC", "-XX:MaxRAMPercentage=40", "-XX:+ExitOnOutOfMemoryError", "--enable-native-access=ALL-UNNAMED", "-jar", "/opt/session-router/quarkus-run.jar"]
