import { useNavigate, useSearch } from '@tanstack/react-router';

/** The filters of the lists for operators, which are in the address: they stay when people return to a list, and can be sent to others. */
export interface OperatorSearch {
  readonly search?: string;
  readonly status?: string;
  readonly plan?: string;
  readonly deleted?: string;
  readonly tab?: string;
  readonly failure?: string;
  readonly recipient?: string;
  readonly state?: string;
  readonly action?: string;
  readonly actor?: string;
  readonly target?: string;
  readonly outcome?: string;
  readonly meter?: string;
  readonly percent?: string;
}

const names = [
  'search',
  'status',
  'plan',
  'deleted',
  'tab',
  'failure',
  'recipient',
  'state',
  'action',
  'actor',
  'target',
  'outcome',
  'meter',
  'percent',
] as const satisfies readonly (keyof OperatorSearch)[];

/** Reads the filters of an address. */
export const readSearch = (search: Record<string, unknown>): OperatorSearch =>
  Object.fromEntries(names.flatMap((name) => (typeof search[name] === 'string' && search[name] !== '' ? [[name, search[name]]] : [])));

/** The changes of filters. Undefined and an empty text remove one. */
type Changes = { readonly [Name in keyof OperatorSearch]?: string | undefined };

/** Returns the filters of the address, and what changes some of them. */
export function useFilters(): readonly [OperatorSearch, (changes: Changes) => void] {
  const filters = readSearch(useSearch({ strict: false }));
  const navigate = useNavigate();
  return [filters, (changes) => void navigate({ to: '.', search: readSearch({ ...filters, ...changes }), replace: true })];
}
