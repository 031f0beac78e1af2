/** A button that says why it cannot be used now, where it is pointed at and where it has the focus. */
import { Button, Tooltip, type ButtonProps } from '@mantine/core';
import type { ReactNode } from 'react';

interface ActionButtonProps extends ButtonProps {
  /** Why not; null where it can be used. */
  readonly off: string | null;
  readonly onClick: () => void;
  readonly children: ReactNode;
}

export function ActionButton({ off, onClick, children, ...look }: ActionButtonProps) {
  const isOff = off !== null;
  return (
    <Tooltip label={off} disabled={!isOff} multiline maw={320} events={{ hover: true, focus: true, touch: true }}>
      <Button
        {...look}
        {...(isOff ? { 'data-disabled': true, 'aria-disabled': true, 'aria-description': off } : { onClick })}
      >
        {children}
      </Button>
    </Tooltip>
  );
}
