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

const operationPattern = /^\s*(?:--[^\n]*\n\s*)*(\w+)/;
/** The first table, function or view that the statement names. */
const targetPattern = /\b(?:from|into|update|join)\s+(?:only\s+)?((?:"[^"]+"|\w+)(?:\.(?:"[^"]+"|\w+))?)/i;

/**
 * Describes a statement by the semantic conventions for databases. Its text has numbers in the place of values, and literals only where they are part of the
 * program, so that it can be recorded.
 */
export function describeStatement(text: string): StatementSummary {
  const known = kept.get(text);
  if (known !== undefined) return known;
  const operation = operationPattern.exec(text)?.[1]?.toUpperCase() ?? 'SQL';
  const target = targetPattern
    .exec(text)?.[1]
    ?.replaceAll('"', '')
    .replace(/^public\./, '');
  const name = target === undefined ? operation : `${operation} ${target}`;
  const summary = {
    name,
    attributes: {
      'db.system.name': 'postgresql',
      'db.operation.name': operation,
      'db.query.summary': name,
      'db.query.text': text.slice(0, maxText),
      ...(target === undefined ? {} : { 'db.collection.name': target }),
    },
  };
  if (kept.size < maxKept) kept.set(text, summary);
  return summary;
}
