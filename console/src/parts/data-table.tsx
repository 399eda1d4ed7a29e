import { Box, Button, Group, Table, Text, UnstyledButton, VisuallyHidden } from '@mantine/core';
import { keepPreviousData, useQuery, type QueryKey } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { formatNumber, texts } from '../texts/texts';
import { EmptyState, ErrorState, LoadingState } from './states';

export interface Column<Row> {
  readonly key: string;
  /** The heading of the column. */
  readonly title: string;
  readonly cell: (row: Row) => ReactNode;
  /** The name of the field in `sort`, if the API can sort by it. */
  readonly sort?: string;
  /** Only screen readers need the heading, as that of buttons. */
  readonly isTitleHidden?: boolean;
  readonly align?: 'start' | 'end';
}

/** What a page of the list is asked for. */
export interface PageRequest {
  readonly limit: number;
  readonly cursor?: string;
  readonly sort?: string;
}

interface Page<Row> {
  readonly data: readonly Row[];
  readonly nextCursor: string | null;
  readonly total?: number;
}

interface DataTableProps<Row> {
  /** The name of the table for screen readers. */
  readonly label: string;
  readonly columns: readonly Column<Row>[];
  readonly rowKey: (row: Row) => string;
  /** The list and its filters: with others, the first page is read. `queries.invalidateQueries` with the beginning of it reads the page again. */
  readonly queryKey: QueryKey;
  /** Reads a page. The parameters are those of all lists of the API. */
  readonly load: (page: PageRequest) => Promise<Page<Row>>;
  /** The order at the beginning, such as `-createdAt`; that of the API by default. */
  readonly sort?: string;
  readonly isFiltered?: boolean;
  /** Shown in the place of a list without entries. */
  readonly empty?: ReactNode;
  readonly limit?: number;
  /** Milliseconds after which the page is read again, by what it shows: for entries that change by themselves. */
  readonly refetchInterval?: (rows: readonly Row[]) => number | false;
  /** The least width in pixels. On narrower screens the table scrolls. */
  readonly minWidth?: number;
}

/** A list of the API, page by page. */
export function DataTable<Row>({
  label,
  columns,
  rowKey,
  queryKey,
  load,
  sort: firstSort,
  isFiltered = false,
  empty,
  limit = 20,
  refetchInterval,
  minWidth = 560,
}: DataTableProps<Row>) {
  const t = texts();
  const [sort, setSort] = useState(firstSort);
  // Another list begins at its first page.
  const list = JSON.stringify(queryKey);
  const [place, setPlace] = useState<{ readonly list: string; readonly cursors: readonly string[] }>({ list, cursors: [] });
  const cursors = place.list === list ? place.cursors : [];
  const setCursors = (next: readonly string[]): void => setPlace({ list, cursors: next });
  const cursor = cursors.at(-1);
  const { data, error, isPlaceholderData, refetch } = useQuery({
    queryKey: [...queryKey, { limit, cursor, sort }],
    queryFn: () => load({ limit, ...(cursor === undefined ? {} : { cursor }), ...(sort === undefined ? {} : { sort }) }),
    placeholderData: keepPreviousData,
    refetchInterval: ({ state }) => (state.data === undefined ? false : (refetchInterval?.(state.data.data) ?? false)),
  });
  const sortBy = (field: string): void => {
    setSort(sort === field ? `-${field}` : field);
    setCursors([]);
  };
  if (error !== null) return <ErrorState error={error} onRetry={refetch} />;
  if (data === undefined) return <LoadingState />;
  const { nextCursor, total } = data;
  if (data.data.length === 0 && cursors.length === 0) return isFiltered ? <EmptyState title={t.noMatch} /> : (empty ?? <EmptyState />);
  return (
    <Box aria-busy={isPlaceholderData}>
      {/* Hidden headings have a position, which would else be one outside of what scrolls. */}
      <Table.ScrollContainer minWidth={minWidth} type="native" pos="relative" tabIndex={0} role="group" aria-label={label}>
        <Table verticalSpacing="xs" striped aria-label={label}>
          <Table.Thead>
            <Table.Tr>
              {columns.map((column) => (
                <Table.Th key={column.key} scope="col" ta={column.align ?? 'start'} aria-sort={ariaSort(column.sort, sort)}>
                  <Heading column={column} sort={sort} onSort={sortBy} />
                </Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {data.data.map((row) => (
              <Table.Tr key={rowKey(row)}>
                {columns.map(({ key, cell, align = 'start' }) => (
                  <Table.Td key={key} ta={align}>
                    {cell(row)}
                  </Table.Td>
                ))}
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
      <Group justify="space-between" mt="xs">
        <Text size="sm" c="dimmed" role="status">
          {[total === undefined ? undefined : t.total(formatNumber(total)), cursors.length === 0 ? undefined : t.pageNumber(formatNumber(cursors.length + 1))]
            .filter((part) => part !== undefined)
            .join(' · ')}
        </Text>
        {cursors.length === 0 && nextCursor === null ? null : (
          <Group gap="xs">
            <Button variant="default" size="xs" disabled={cursors.length === 0 || isPlaceholderData} onClick={() => setCursors(cursors.slice(0, -1))}>
              {t.previous}
            </Button>
            <Button
              variant="default"
              size="xs"
              disabled={nextCursor === null || isPlaceholderData}
              onClick={() => {
                if (nextCursor !== null) setCursors([...cursors, nextCursor]);
              }}
            >
              {t.next}
            </Button>
          </Group>
        )}
      </Group>
    </Box>
  );
}

function ariaSort(field: string | undefined, sort: string | undefined): 'ascending' | 'descending' | 'none' | undefined {
  if (field === undefined) return undefined;
  if (sort === field) return 'ascending';
  return sort === `-${field}` ? 'descending' : 'none';
}

interface HeadingProps<Row> {
  readonly column: Column<Row>;
  readonly sort: string | undefined;
  readonly onSort: (field: string) => void;
}

function Heading<Row>({ column: { title, sort: field, isTitleHidden = false }, sort, onSort }: HeadingProps<Row>) {
  if (isTitleHidden) return <VisuallyHidden>{title}</VisuallyHidden>;
  if (field === undefined) return title;
  return (
    <UnstyledButton fw={700} fz="inherit" onClick={() => onSort(field)}>
      {title} <span aria-hidden>{sort === field ? '↑' : sort === `-${field}` ? '↓' : '↕'}</span>
    </UnstyledButton>
  );
}
