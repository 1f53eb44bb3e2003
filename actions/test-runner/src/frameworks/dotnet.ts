import type { Framework } from './framework.js';

export const dotnet: Framework = {
  name: 'dotnet',
  ecosystem: 'dotnet',
  detect: (project) => project.files.some((path) => /\.(slnx?|csproj|fsproj|vbproj)$/.test(path)),
  invoke(_project, selection, out, coverage) {
    // A row of data has its arguments in its name with NUnit, and not with xUnit.
    const names = selection.tests?.flatMap(({ suite, name }) =>
      [name, name.replace(/\(.*$/s, '')].map(
        (text) => `FullyQualifiedName=${`${suite}.${text}`.replace(/[\\()&|=!~]/g, '\\$&')}`,
      ),
    );
    return {
      tool: 'dotnet',
      args: [
        'test',
        '--logger',
        'trx',
        '--results-directory',
        out,
        ...(coverage.wanted ? ['--collect', 'XPlat Code Coverage'] : []),
        ...(names ? ['--filter', [...new Set(names)].join('|')] : []),
      ],
      reports: [`${out}/**/*.trx`],
      coverage: [`${out}/**/coverage.cobertura.xml`],
    };
  },
};
