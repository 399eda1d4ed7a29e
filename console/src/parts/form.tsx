import { Alert, Button, Stack } from '@mantine/core';
import { useForm, type FormValidateInput, type UseFormReturnType } from '@mantine/form';
import { useMutation } from '@tanstack/react-query';
import type { ReactNode } from 'react';
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
export const isEmail = (value: string): string | null => (/^\S+@\S+$/.test(value) ? null : texts().invalidEmail);

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
  const { mutate, error, isPending, isSuccess } = useMutation({
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
