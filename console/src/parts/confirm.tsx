import { Button, Group, Stack, TextInput, type ButtonProps } from '@mantine/core';
import { useState, type ReactNode } from 'react';
import { texts } from '../texts/texts';
import { Dialog } from './dialog';
import { Failure, useSingleMutation } from './form';
import { useRecentLogin } from './recent-login';

interface ConfirmProps {
  readonly opened: boolean;
  readonly onClose: () => void;
  readonly title: string;
  /** What happens. */
  readonly children: ReactNode;
  /** The name of the button that does it. */
  readonly action: string;
  /** Does it. The person proves who they are before if the API asks for it. The dialog stays open with the error if it fails. */
  readonly onConfirm: () => Promise<unknown>;
  readonly danger?: boolean;
  /** A text to type before, for what cannot be undone. */
  readonly phrase?: string;
  /** False if it is known before that it would be refused. */
  readonly isPossible?: boolean;
}

/** A dialog that asks before something is done. */
export function Confirm({ opened, onClose, title, ...rest }: ConfirmProps) {
  return (
    <Dialog opened={opened} onClose={onClose} title={title}>
      <Question onClose={onClose} {...rest} />
    </Dialog>
  );
}

function Question({ onClose, children, action, onConfirm, danger = true, phrase, isPossible = true }: Omit<ConfirmProps, 'opened' | 'title'>) {
  const t = texts();
  const prove = useRecentLogin();
  const [typed, setTyped] = useState('');
  const { mutate, error, isPending } = useSingleMutation({ mutationFn: () => prove(onConfirm), onSuccess: onClose });
  return (
    <Stack>
      <div>{children}</div>
      {phrase === undefined ? null : <TextInput label={t.typeToConfirm(phrase)} autoComplete="off" value={typed} onChange={({ currentTarget }) => setTyped(currentTarget.value)} />}
      <Failure error={error} />
      <Group justify="flex-end">
        <Button variant="default" onClick={onClose} data-autofocus={phrase === undefined || undefined}>
          {t.cancel}
        </Button>
        <Button loading={isPending} disabled={!isPossible || (phrase !== undefined && typed !== phrase)} {...(danger ? { color: 'red' } : {})} onClick={() => mutate()}>
          {action}
        </Button>
      </Group>
    </Stack>
  );
}

interface ConfirmButtonProps extends Omit<ConfirmProps, 'opened' | 'onClose'> {
  /** The text of the button, if it is not that of the action. */
  readonly label?: string;
  /** The name for screen readers, where several buttons have the same text. */
  readonly name?: string;
  readonly button?: ButtonProps;
}

/** A button that asks before it does something. */
export function ConfirmButton({ label, name, button, ...question }: ConfirmButtonProps) {
  const [opened, setOpened] = useState(false);
  return (
    <>
      <Button variant="default" size="xs" {...button} {...(name === undefined ? {} : { 'aria-label': name })} onClick={() => setOpened(true)}>
        {label ?? question.action}
      </Button>
      <Confirm opened={opened} onClose={() => setOpened(false)} {...question} />
    </>
  );
}
