/** The head of a screen: what it is, and what can be done with it. */
import { Group, Title } from '@mantine/core';
import type { ReactNode } from 'react';

interface PageHeadProps {
  readonly title: string;
  /** Beside the title: a state, a count. */
  readonly aside?: ReactNode;
  /** At most seven, none of which destroys anything. */
  readonly actions?: ReactNode;
}

export function PageHead({ title, aside, actions }: PageHeadProps) {
  return (
    <Group justify="space-between" mb="md" gap="sm">
      <Group gap="sm">
        <Title order={1} size="h3">
          {title}
        </Title>
        {aside}
      </Group>
      <Group gap="xs">{actions}</Group>
    </Group>
  );
}
