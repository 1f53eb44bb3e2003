import { type Finding, type Severity, sorted } from './model.js';

/**
 * What GitHub's code scanning sorts by: CVSS-like numbers of which over 9 is critical, over 7 high, over 4 medium.
 * Source: GitHub docs, "SARIF support for code scanning", reportingDescriptor.properties.security-severity.
 */
const SECURITY_SEVERITY: Readonly<Record<Severity, string>> = {
  critical: '9.5',
  high: '8.0',
  medium: '5.5',
  low: '3.0',
  info: '0.0',
};

const LEVEL: Readonly<Record<Severity, 'error' | 'warning' | 'note'>> = {
  critical: 'error',
  high: 'error',
  medium: 'warning',
  low: 'note',
  info: 'note',
};

/**
 * All findings as one SARIF 2.1.0 document with a run for each scanner, those without findings too: an empty run is
 * what closes a scanner's earlier alerts. Source: OASIS SARIF 2.1.0.
 *
 * @param of tells what was scanned apart, as one of several images; GitHub keeps the alerts of each
 */
export function toSarif(scanners: readonly string[], findings: readonly Finding[], of = ''): string {
  return JSON.stringify({
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: scanners.map((scanner) =>
      runOf(
        scanner,
        findings.filter((finding) => finding.scanner === scanner),
        of,
      ),
    ),
  });
}

function runOf(scanner: string, findings: readonly Finding[], of: string) {
  // GitHub sorts by the rule's severity: of findings that differ in it, the worst counts.
  const worst = new Map(
    sorted(findings)
      .toReversed()
      .map((finding) => [finding.rule, finding]),
  );
  const rules = [...worst.values()];
  const fingerprint = numbered();
  return {
    tool: {
      driver: {
        name: scanner,
        rules: rules.map((finding) => ({
          id: finding.rule,
          shortDescription: { text: finding.rule },
          ...(finding.help !== undefined && { helpUri: finding.help }),
          properties: { 'security-severity': SECURITY_SEVERITY[finding.severity], tags: ['security'] },
        })),
      },
    },
    automationDetails: { id: `fairway/${scanner}/${of === '' ? '' : `${of}/`}` },
    results: findings.map((finding) => ({
      ruleId: finding.rule,
      ruleIndex: rules.findIndex(({ rule }) => rule === finding.rule),
      level: LEVEL[finding.severity],
      message: { text: finding.message.toWellFormed() || finding.rule },
      locations: [
        {
          physicalLocation: {
            artifactLocation: { uri: uriOf(finding.path), uriBaseId: '%SRCROOT%' },
            region: {
              startLine: finding.startLine,
              endLine: Math.max(finding.startLine, finding.endLine),
              ...(finding.startColumn !== undefined && { startColumn: finding.startColumn }),
            },
          },
        },
      ],
      partialFingerprints: { primaryLocationLineHash: fingerprint(finding) },
    })),
  };
}

/**
 * Numbers the findings that share a fingerprint, as GitHub's own tools do. `primaryLocationLineHash` is the one key that
 * code scanning matches alerts by; without it each run would raise them anew. Source: GitHub docs, "SARIF support for
 * code scanning", result.partialFingerprints.
 */
function numbered(): (finding: Finding) => string {
  const seen = new Map<string, number>();
  return ({ fingerprint }) => {
    const number = (seen.get(fingerprint) ?? 0) + 1;
    seen.set(fingerprint, number);
    return `${fingerprint}:${number}`;
  };
}

/** A path as a relative reference: in a file's name `#`, `?` and `%` are letters like any other. Source: RFC 3986, 3.3. */
function uriOf(path: string): string {
  return path.toWellFormed().split('/').map(encodeURIComponent).join('/');
}
