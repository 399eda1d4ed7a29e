import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Loaded } from '../../parts/states';
import { readForForm, useVersionOfFields, versioned, type Versioned } from './queries';

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
