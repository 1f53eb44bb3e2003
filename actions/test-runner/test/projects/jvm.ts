import type { RealProject } from './project.ts';

const POM = (inside: string) => `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
${inside}
</project>
`;

const MODULE = (name: string) =>
  POM(`  <parent><groupId>com.example</groupId><artifactId>all</artifactId><version>1</version></parent>
  <artifactId>${name}</artifactId>`);

/** Two modules, each with a class of the same name in the same package: the report names no file. */
function sources(api: string, test: string, skip: string, message: (text: string) => string) {
  return {
    core: `package com.example;

import java.io.File;
import static ${api}.assertEquals;
import ${test};

public class ThingTest {
    @Test public void red() {
        assertEquals(${message('"one"')});
    }
    @Test public void flaky() throws Exception {
        assertEquals(false, new File(".state").createNewFile());
    }
}
`,
    web: `package com.example;

import java.nio.file.*;
import ${skip};
import ${test};

public class ThingTest {
    @Test public void green() throws Exception {
        Files.write(Paths.get("../.green"), "1".getBytes(), StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }
    @${skip.slice(skip.lastIndexOf('.') + 1)}("later") @Test public void late() {}
}
`,
  };
}

const JUPITER = sources(
  'org.junit.jupiter.api.Assertions',
  'org.junit.jupiter.api.Test',
  'org.junit.jupiter.api.Disabled',
  (text) => `1, 2, ${text}`,
);
const JUNIT_4 = sources('org.junit.Assert', 'org.junit.Test', 'org.junit.Ignore', (text) => `${text}, 1, 2`);

export const JVM_PROJECTS: Readonly<Record<string, RealProject>> = {
  Maven: {
    framework: 'maven',
    probe: ['mvn', '--version'],
    downloads: true,
    files: {
      '.gitignore': 'target\n.state\n',
      'pom.xml':
        POM(`  <groupId>com.example</groupId><artifactId>all</artifactId><version>1</version><packaging>pom</packaging>
  <modules><module>core</module><module>web</module></modules>
  <properties><maven.compiler.release>17</maven.compiler.release><project.build.sourceEncoding>UTF-8</project.build.sourceEncoding></properties>
  <dependencies><dependency><groupId>org.junit.jupiter</groupId><artifactId>junit-jupiter</artifactId><version>5.11.4</version><scope>test</scope></dependency></dependencies>
  <build><pluginManagement><plugins>
    <plugin><groupId>org.apache.maven.plugins</groupId><artifactId>maven-surefire-plugin</artifactId><version>3.5.2</version></plugin>
    <plugin><groupId>org.apache.maven.plugins</groupId><artifactId>maven-compiler-plugin</artifactId><version>3.13.0</version></plugin>
  </plugins></pluginManagement></build>`),
      'core/pom.xml': MODULE('core'),
      'web/pom.xml': MODULE('web'),
      'core/src/test/java/com/example/ThingTest.java': JUPITER.core,
      'web/src/test/java/com/example/ThingTest.java': JUPITER.web,
    },
    red: { file: 'core/src/test/java/com/example/ThingTest.java', line: 9 },
  },
  Gradle: {
    framework: 'gradle',
    probe: ['gradle', '--version'],
    downloads: true,
    files: {
      '.gitignore': 'build\n.gradle\n.state\n',
      'settings.gradle': "include 'core', 'web'\n",
      'build.gradle': `subprojects {
  apply plugin: 'java'
  repositories { mavenCentral() }
  dependencies { testCompile 'junit:junit:4.13.2' }
}
`,
      'core/src/test/java/com/example/ThingTest.java': JUNIT_4.core,
      'web/src/test/java/com/example/ThingTest.java': JUNIT_4.web,
    },
    red: { file: 'core/src/test/java/com/example/ThingTest.java', line: 9 },
  },
};
