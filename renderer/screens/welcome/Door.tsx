/** One way to begin: what it is, what it takes, and the button that opens it. */
import { Title } from '@mantine/core';
import type { Icon } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import classes from './Welcome.module.css';

interface DoorProps {
  readonly icon: Icon;
  readonly title: string;
  readonly why: string;
  readonly children: ReactNode;
}

export function Door({ icon: Sign, title, why, children }: DoorProps) {
  return (
    <section className={`guts-card ${classes['door']}`} aria-label={title}>
      <Sign size={28} aria-hidden="true" className={classes['sign'] ?? ''} />
      <Title order={2} size="h4">
        {title}
      </Title>
      <p>{why}</p>
      <div>{children}</div>
    </section>
  );
}
