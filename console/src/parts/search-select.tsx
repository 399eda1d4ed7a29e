import { Select } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { texts } from '../texts/texts';

export interface Choice {
  readonly value: string;
  readonly label: string;
}

interface SearchSelectProps {
  readonly label: string;
  readonly placeholder: string;
  /** What is searched, for the cache. */
  readonly queryKey: readonly unknown[];
  /** Reads the entries that match a text; the first ones without a text. */
  readonly search: (text: string) => Promise<readonly Choice[]>;
  readonly value: string | null;
  readonly onChoose: (value: string | null) => void;
}

/** Chooses an entry of a list that can be longer than a menu. */
export function SearchSelect({ label, placeholder, queryKey, search, value, onChoose }: SearchSelectProps) {
  const [typed, setTyped] = useState('');
  const [text] = useDebouncedValue(typed, 250);
  const [chosen, setChosen] = useState<Choice>();
  const { data = [] } = useQuery({ queryKey: [...queryKey, text], queryFn: () => search(text === chosen?.label ? '' : text), placeholderData: keepPreviousData });
  const known = chosen === undefined || data.some((each) => each.value === chosen.value) ? data : [...data, chosen];
  return (
    <Select
      label={label}
      placeholder={placeholder}
      searchable
      clearable={false}
      data={[...known]}
      value={value}
      searchValue={typed}
      onSearchChange={setTyped}
      // The API has searched already.
      filter={({ options }) => options}
      nothingFoundMessage={texts().noMatch}
      onChange={(next) => {
        setChosen(known.find((each) => each.value === next));
        onChoose(next);
      }}
    />
  );
}
