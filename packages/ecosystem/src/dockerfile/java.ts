import type { Project } from './project.js';
import { cannot, NEVER, type Proposal, portGuess, USER } from './proposal.js';

const LTS = 21;

export function proposeJava(project: Project): Proposal {
  const maven = project.has('pom.xml');
  const build = maven
    ? project.read('pom.xml')
    : project.read('build.gradle') + project.read('build.gradle.kts');
  const { version, why } = javaVersion(project, build);
  const spring = /spring-boot/.test(build);
  if (
    !spring &&
    !/maven-shade-plugin|maven-assembly-plugin|<mainClass>|shadow|mainClass|Main-Class/.test(build)
  ) {
    throw cannot(
      'the build names neither Spring Boot nor a main class, so that its jar would not start by itself.',
    );
  }
  const port = spring ? springPort(project) : undefined;
  const stage = maven ? byMaven(project) : byGradle(project);
  const wrapped = project.has(maven ? 'mvnw' : 'gradlew');
  return {
    language: 'Java',
    bases: [
      wrapped
        ? { argument: 'BUILD_IMAGE', image: 'docker.io/library/eclipse-temurin', tag: `${version}-jdk` }
        : maven
          ? { argument: 'BUILD_IMAGE', image: 'docker.io/library/maven', tag: `3-eclipse-temurin-${version}` }
          : { argument: 'BUILD_IMAGE', image: 'docker.io/library/gradle', tag: `jdk${version}` },
      { argument: 'RUNTIME_IMAGE', image: 'docker.io/library/eclipse-temurin', tag: `${version}-jre` },
    ],
    lines: [
      'FROM ${BUILD_IMAGE} AS build',
      'WORKDIR /src',
      ...stage,
      '# Of what was packaged, the one that runs.',
      `RUN find ${maven ? 'target' : 'build/libs'} -maxdepth 1 -name '*.jar' ! -name 'original-*' ! -name '*-plain.jar' \\`,
      "    ! -name '*-sources.jar' ! -name '*-javadoc.jar' ! -name '*-tests.jar' -exec cp {} /app.jar \\;",
      '',
      'FROM ${RUNTIME_IMAGE}',
      'WORKDIR /app',
      'COPY --from=build /app.jar /app/app.jar',
      USER,
      ...(port === undefined ? [] : [`EXPOSE ${port}`]),
      '# Of the memory that the container may have, not of the machine.',
      'ENTRYPOINT ["java", "-XX:MaxRAMPercentage=75", "-jar", "/app/app.jar"]',
    ],
    ignore: [...NEVER, 'target', 'build', '.gradle', '.idea'],
    guesses: [
      `Java ${version}: ${why}.`,
      `${maven ? 'Maven' : 'Gradle'} builds it${wrapped ? ', by the wrapper of the repository' : ''}; tests run in the pipeline, not here.`,
      'The jar holds all that it needs, and its manifest names the main class.',
      portGuess(port),
    ],
  };
}

function byMaven(project: Project): string[] {
  const mvn = project.has('mvnw') ? 'sh mvnw' : 'mvn';
  const wrapper = project.has('mvnw') ? ['COPY mvnw ./', 'COPY .mvn .mvn'] : [];
  // In a project of several modules the dependencies cannot be had from the parent's file alone.
  const ahead = /<modules>/.test(project.read('pom.xml'))
    ? []
    : [
        ...wrapper,
        'COPY pom.xml ./',
        `RUN --mount=type=cache,target=/root/.m2 ${mvn} -B -q dependency:go-offline`,
      ];
  return [...ahead, 'COPY . .', `RUN --mount=type=cache,target=/root/.m2 ${mvn} -B -q -DskipTests package`];
}

function byGradle(project: Project): string[] {
  const gradle = project.has('gradlew') ? 'sh gradlew' : 'gradle';
  return [
    'COPY . .',
    `RUN --mount=type=cache,target=/root/.gradle ${gradle} --no-daemon -g /root/.gradle assemble`,
  ];
}

function javaVersion(project: Project, build: string): { version: number; why: string } {
  const pinned = /(\d+)/.exec(project.read('.java-version').trim())?.[1];
  if (pinned) return { version: Number(pinned), why: '.java-version says so' };
  const asked =
    /<(?:java\.version|maven\.compiler\.release|maven\.compiler\.target|release)>\s*(?:1\.)?(\d+)\s*</.exec(
      build,
    )?.[1] ??
    /languageVersion\s*(?:=|\.set\()\s*JavaLanguageVersion\.of\((\d+)\)/.exec(build)?.[1] ??
    /sourceCompatibility\s*=\s*(?:JavaVersion\.VERSION_|['"]?)(\d+)/.exec(build)?.[1];
  return asked
    ? { version: Number(asked), why: 'the build asks for it' }
    : { version: LTS, why: 'nothing names one, and it is a long-term release' };
}

function springPort(project: Project): number {
  const properties = project.read('src/main/resources/application.properties');
  const yaml =
    project.read('src/main/resources/application.yml') || project.read('src/main/resources/application.yaml');
  const port =
    /^server\.port\s*=\s*(\d+)/m.exec(properties)?.[1] ?? /^server:\s*\n\s+port:\s*(\d+)/m.exec(yaml)?.[1];
  return Number(port ?? 8080);
}
