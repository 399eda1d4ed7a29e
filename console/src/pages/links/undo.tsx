import { Text } from '@mantine/core';
import { ApiFormView, Success, useApiForm } from '../../parts/form';
import { Link } from '../../parts/link';
import { texts } from '../../texts/texts';
import { LinkedPage } from './token';

interface UndoProps {
  readonly title: string;
  readonly hint: string;
  readonly done: string;
  readonly undo: (token: string) => Promise<unknown>;
  readonly next?: '/sign-in' | '/forgot-password';
}

/** A page that undoes a change of the account. */
export function Undo({ title, ...rest }: UndoProps) {
  return <LinkedPage title={title}>{(token) => <UndoForm token={token} {...rest} />}</LinkedPage>;
}

function UndoForm({ token, hint, done, undo, next = '/sign-in' }: Omit<UndoProps, 'title'> & { readonly token: string }) {
  const t = texts();
  const own = useApiForm({ initialValues: {}, submit: () => undo(token) });
  if (own.isDone)
    return (
      <>
        <Success>{done}</Success>
        <Link to={next}>{next === '/sign-in' ? t.signIn : t.forgotTitle}</Link>
      </>
    );
  return (
    <ApiFormView of={own} action={t.undo}>
      <Text>{hint}</Text>
    </ApiFormView>
  );
}
