import { useQuery } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { Loaded } from './states';

/** A document with its version, so that only this version is changed. */
export interface Versioned<Document> {
  readonly data: Document;
  readonly etag: string;
}

/**
 * The options of a query for a document that a form changes. The form opens with what is read then: others can have changed what was read before, and the fields keep what they
 * were opened with.
 */
export const readForForm = { gcTime: 0 } as const;

/** Returns the version of a document that the fields of a form show, and what sets it after the form has changed it. A version that is read meanwhile belongs to other fields. */
export function useVersionOfFields<Document>(read: Versioned<Document>) {
  return useState(read);
}

/** Returns the document of an answer with its version. */
export function versioned<Document>({ data, headers }: { readonly data: Document | undefined; readonly headers: Headers }): Versioned<Document> {
  // The server answers 304, without a document, to If-None-Match alone.
  if (data === undefined) throw new Error('The answer has no document');
  return { data, etag: headers.get('etag') ?? '' };
}

interface OpenedFormProps<Document> {
  readonly queryKey: readonly unknown[];
  readonly read: () => Promise<Parameters<typeof versioned<Document>>[0]>;
  /** The form. It names the version in its change. */
  readonly children: (opened: Versioned<Document>) => ReactNode;
}

/** Reads an entry of a list again when its form opens: others can have changed it since the list was read. */
export function OpenedForm<Document>({ queryKey, read, children }: OpenedFormProps<Document>) {
  const query = useQuery({ ...readForForm, queryKey, queryFn: async () => versioned(await read()) });
  return <Loaded query={query}>{(document) => <Fields read={document}>{children}</Fields>}</Loaded>;
}

function Fields<Document>({ read, children }: Pick<OpenedFormProps<Document>, 'children'> & { readonly read: Versioned<Document> }) {
  const [version] = useVersionOfFields(read);
  return children(version);
}
