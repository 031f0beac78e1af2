/** A button for what takes a role: who may not sees it all the same, with the reason. */
import { Button, Tooltip, VisuallyHidden, type ButtonProps } from '@mantine/core';
import { useId, type ReactNode } from 'react';
import { mayAs, useSession } from '../state/session.ts';
import { t } from '../texts/t.ts';

interface MayButtonProps extends ButtonProps {
  readonly takes: 'operator' | 'admin';
  /** Why it cannot be done, whoever asks. */
  readonly isOff?: string | null;
  readonly onClick: () => void;
  readonly children: ReactNode;
}

export function MayButton({ takes, isOff = null, onClick, children, ...props }: MayButtonProps) {
  const why = useWhyNot(takes) ?? isOff;
  const id = useId();
  if (why === null)
    return (
      <Button {...props} onClick={onClick}>
        {children}
      </Button>
    );
  return (
    <Tooltip label={why} events={{ hover: true, focus: true, touch: true }}>
      <Button {...props} data-disabled aria-disabled aria-describedby={id} onClick={(event) => event.preventDefault()}>
        {children}
        <VisuallyHidden id={id}>{why}</VisuallyHidden>
      </Button>
    </Tooltip>
  );
}

/** Null where this caller may do what takes the role. */
export function useWhyNot(takes: 'operator' | 'admin'): string | null {
  const view = useSession();
  return mayAs(view, takes) ? null : t(takes === 'admin' ? 'may.onlyAdmin' : 'may.onlyOperator');
}
