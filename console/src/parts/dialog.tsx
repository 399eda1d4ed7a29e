import { Modal } from '@mantine/core';
import type { ReactNode } from 'react';
import { texts } from '../texts/texts';

interface DialogProps {
  readonly opened: boolean;
  readonly onClose: () => void;
  readonly title: string;
  readonly children: ReactNode;
  readonly size?: string | number;
  /** Whether it is above other dialogs, whatever was opened first. */
  readonly isAbove?: boolean;
}

/** A dialog over the page. What it shows is new each time it opens. */
export function Dialog({ opened, onClose, title, children, size = 'md', isAbove = false }: DialogProps) {
  return (
    // The lock of scrolling would write an element of style, which the policy refuses. The header of a dialog is none of the page.
    <Modal
      opened={opened}
      onClose={onClose}
      title={title}
      size={size}
      lockScroll={false}
      // A click next to it would lose what was typed, or a secret that is shown once.
      closeOnClickOutside={false}
      zIndex={isAbove ? 300 : 200}
      closeButtonProps={{ 'aria-label': texts().close }}
      attributes={{ header: { role: 'presentation' } }}
    >
      {opened ? children : null}
    </Modal>
  );
}
