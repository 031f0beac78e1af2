/** The head of a screen: what it is, and what can be done with it. */
import { Group, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import { Under } from './Under.tsx';

interface PageHeadProps {
  readonly title: string;
  /** Beside the title: a state, a count. */
  readonly aside?: ReactNode;
  /** At most seven, none of which destroys anything. */
  readonly actions?: ReactNode;
  /** Below it, in a sentence: of when, of where, against what. */
  readonly under?: ReactNode;
}

export function PageHead({ under, ...top }: PageHeadProps) {
  if (under === undefined) return <Top {...top} />;
  return (
    <div>
      <Top {...top} />
      <Under>{under}</Under>
    </div>
  );
}

function Top({ title, aside, actions }: Omit<PageHeadProps, 'under'>) {
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
