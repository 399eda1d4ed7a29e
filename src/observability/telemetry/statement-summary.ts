import type { Attributes } from '@opentelemetry/api';

interface StatementSummary {
  readonly name: string;
  readonly attributes: Attributes;
}

/** Characters of a statement that are recorded. */
const maxText = 4_000;
/** The summaries that are kept. An application has fewer statements; lists of varying length create new ones without end. */
const maxKept = 1_000;
const kept = new Map<string, StatementSummary>();

/** The first table, function or view that the statement names. */
const targetPattern = /\b(?:from|into|update|join)\s+(?:only\s+)?((?:"[^"]+"|\w+)(?:\.(?:"[^"]+"|\w+))?)/i;

/** Comments, identifiers in quotes, and literals with the quotes of either kind. */
const quotedPattern = /--[^\n]*|\/\*[\s\S]*?\*\/|"(?:[^"]|"")*"|'(?:[^']|'')*(?:'|$)|\$([A-Za-z_]\w*)?\$[\s\S]*?\$\1\$/g;

/** Replaces the literals of a statement, and drops its comments: a program that writes a value into a text does not send it elsewhere. */
const withoutLiterals = (text: string): string => text.replaceAll(quotedPattern, (quoted) => (quoted.startsWith('"') ? quoted : /^['$]/.test(quoted) ? "'?'" : ' '));

/** Describes a statement by the semantic conventions for databases. Values are not in its text, but numbers in their place. */
export function describeStatement(text: string): StatementSummary {
  const known = kept.get(text);
  if (known !== undefined) return known;
  const clean = withoutLiterals(text);
  const operation = /\w+/.exec(clean)?.[0].toUpperCase() ?? 'SQL';
  const target = targetPattern
    .exec(clean)?.[1]
    ?.replaceAll('"', '')
    .replace(/^public\./, '');
  const name = target === undefined ? operation : `${operation} ${target}`;
  const summary = {
    name,
    attributes: {
      'db.system.name': 'postgresql',
      'db.operation.name': operation,
      'db.query.summary': name,
      'db.query.text': clean.trim().slice(0, maxText),
      ...(target === undefined ? {} : { 'db.collection.name': target }),
    },
  };
  if (kept.size < maxKept) kept.set(text, summary);
  return summary;
}
