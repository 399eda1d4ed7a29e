import { Alert, Button, Stack, type ButtonProps } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { shown } from '../api/errors';

interface DownloadButtonProps extends ButtonProps {
  /** The name of the file, if the API gives none. */
  readonly name: string;
  /** The name for screen readers, where several buttons have the same text. */
  readonly label?: string;
  readonly load: () => Promise<Response>;
  readonly children: ReactNode;
}

/** Lets the browser keep an answer as a file. Its request needs the access token, which no link of the browser has. */
export async function keepFile(response: Response, name: string): Promise<void> {
  const url = URL.createObjectURL(await response.blob());
  const link = document.createElement('a');
  link.href = url;
  link.download = /filename="([^"]+)"/.exec(response.headers.get('content-disposition') ?? '')?.[1] ?? name;
  link.click();
  URL.revokeObjectURL(url);
}

/** A button that downloads a file of the API. */
export function DownloadButton({ name, label, load, children, ...button }: DownloadButtonProps) {
  const { mutate, error, isPending } = useMutation({ mutationFn: async () => keepFile(await load(), name) });
  return (
    <Stack gap="xs" align="flex-start">
      <Button variant="default" size="xs" loading={isPending} {...button} {...(label === undefined ? {} : { 'aria-label': label })} onClick={() => mutate()}>
        {children}
      </Button>
      {error === null ? null : (
        <Alert color="red" variant="outline" role="alert" title={shown(error).title}>
          {shown(error).detail}
        </Alert>
      )}
    </Stack>
  );
}
