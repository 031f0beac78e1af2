/** What is said in passing, in the corner: each goes by itself, but not while somebody points at it or is in it. */
import { Notification } from '@mantine/core';
import { useEffect, useState } from 'react';
import { closeToast, useToasts, type Toast } from '../parts/toast.ts';
import { t } from '../texts/t.ts';
import classes from './Toasts.module.css';

const SHOWN_MS = 4000;

export function Toasts() {
  const toasts = useToasts((state) => state.toasts);
  const [isHeld, setIsHeld] = useState(false);
  return (
    <div
      className={classes['corner']}
      aria-live="polite" // there before anything is said, or nobody hears the first
      onMouseMove={() => setIsHeld(true)} // not by coming up where the pointer rests
      onMouseLeave={() => setIsHeld(false)}
      onFocus={() => setIsHeld(true)}
      onBlur={() => setIsHeld(false)}
    >
      {toasts.map((one) => (
        <One
          key={one.id}
          toast={one}
          isHeld={isHeld}
          onClose={() => {
            setIsHeld(false); // nobody leaves what is gone
            closeToast(one.id);
          }}
        />
      ))}
    </div>
  );
}

interface OneProps {
  readonly toast: Toast;
  readonly isHeld: boolean;
  readonly onClose: () => void;
}

function One({ toast: { id, title, message, stays, isError }, isHeld, onClose }: OneProps) {
  const goes = !stays && !isHeld;
  useEffect(() => {
    if (!goes) return;
    const timer = setTimeout(() => closeToast(id), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [id, goes]);
  return (
    <Notification
      withBorder
      title={title}
      color={isError ? 'danger' : 'guts'}
      {...(isError ? { role: 'alert' } : { role: 'status' })}
      closeButtonProps={{ 'aria-label': t('dialog.close') }}
      onClose={onClose}
    >
      {message}
    </Notification>
  );
}
