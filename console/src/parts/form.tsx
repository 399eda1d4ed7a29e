import { Alert, Button, Stack } from '@mantine/core';
import { useForm, type FormValidateInput, type UseFormReturnType } from '@mantine/form';
import { useMutation, type UseMutationResult } from '@tanstack/react-query';
import { useCallback, useRef, type ReactNode } from 'react';
import { shown } from '../api/errors';
import { texts } from '../texts/texts';

/** Shows why something did not work. Screen readers read it at once. */
export function Failure({ error, fields = [] }: { readonly error: unknown; readonly fields?: readonly string[] }) {
  if (error === null || error === undefined) return null;
  const { title, detail } = shown(error, fields);
  return (
    <Alert color="red" variant="outline" title={title} role="alert">
      {detail}
    </Alert>
  );
}

/** Says that something has worked. */
export function Success({ children }: { readonly children: ReactNode }) {
  return (
    <Alert color="green" variant="outline" role="status">
      {children}
    </Alert>
  );
}

export const isFilled = (value: string): string | null => (value.trim() === '' ? texts().required : null);
/** Whether a field has a number, as a text or as number fields have it. An empty one is no 0. */
export const isNumber = (value: string | number): string | null => (isFilled(String(value)) === null && Number.isFinite(Number(value)) ? null : texts().required);
export const isEmail = (value: string): string | null => (/^\S+@\S+$/.test(value) ? null : texts().invalidEmail);

/** Returns the fields that a person has changed. Nothing else is sent: others can have changed the rest since it was read. */
export function changesOf<Fields extends object>(before: { readonly [Key in keyof Fields]?: unknown }, after: Fields): Partial<Fields> {
  const changed = Object.entries(after).filter(([key, value]) => JSON.stringify(value) !== JSON.stringify(before[key as keyof Fields]));
  return Object.fromEntries(changed) as Partial<Fields>;
}

interface SingleMutation<Result, Variables> {
  readonly mutationFn: (variables: Variables) => Promise<Result>;
  readonly onSuccess?: (result: Result) => unknown;
  readonly onError?: (error: Error) => unknown;
}

/** A mutation that does not begin again while it is under way: the second click of a double click can come before the button is disabled. */
export function useSingleMutation<Result, Variables = void>({ mutationFn, ...options }: SingleMutation<Result, Variables>): UseMutationResult<Result, Error, Variables> {
  const isUnderWay = useRef(false);
  const mutation = useMutation<Result, Error, Variables>({
    ...options,
    mutationFn: (variables) => mutationFn(variables).finally(() => (isUnderWay.current = false)),
  });
  const begin = mutation.mutate;
  const mutate = useCallback<typeof begin>(
    (...args) => {
      if (isUnderWay.current) return;
      isUnderWay.current = true;
      begin(...args);
    },
    [begin],
  );
  return { ...mutation, mutate };
}

type Values = Record<string, string | boolean | string[]>;

interface ApiFormOptions<Fields extends Values> {
  readonly initialValues: Fields;
  readonly validate?: FormValidateInput<Fields>;
  /** Calls the API. Its errors are shown at their fields, and above the button. */
  readonly submit: (values: Fields) => Promise<unknown>;
}

export interface ApiForm<Fields extends Values> {
  readonly form: UseFormReturnType<Fields>;
  readonly error: unknown;
  readonly isPending: boolean;
  readonly isDone: boolean;
  readonly send: (event: React.FormEvent<HTMLFormElement>) => void;
}

/** A form whose values are sent to the API. */
export function useApiForm<Fields extends Values>({ initialValues, validate, submit }: ApiFormOptions<Fields>): ApiForm<Fields> {
  const form = useForm<Fields>({ initialValues, ...(validate === undefined ? {} : { validate }) });
  const { mutate, error, isPending, isSuccess } = useSingleMutation({
    mutationFn: submit,
    onError: (failure) => form.setErrors(shown(failure, Object.keys(initialValues)).fields),
  });
  return { form, error, isPending, isDone: isSuccess, send: form.onSubmit((values) => mutate(values)) };
}

interface ApiFormViewProps<Fields extends Values> {
  readonly of: ApiForm<Fields>;
  readonly action: string;
  readonly children?: ReactNode;
  readonly danger?: boolean;
}

/** Shows the fields of a form, its error, and its button. */
export function ApiFormView<Fields extends Values>({ of, action, children, danger = false }: ApiFormViewProps<Fields>) {
  return (
    <form onSubmit={of.send} noValidate>
      <Stack>
        {children}
        <Failure error={of.error} fields={Object.keys(of.form.values)} />
        <Button type="submit" loading={of.isPending} {...(danger ? { color: 'red' } : {})}>
          {action}
        </Button>
      </Stack>
    </form>
  );
}
