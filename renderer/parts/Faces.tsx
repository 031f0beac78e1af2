/** The faces that every screen has besides its full one: loading, failed, and empty with the one action that fills it. */
import { Loader, Stack, Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import type { Loaded } from '../state/loaded.ts';
import { t } from '../texts/t.ts';
import { ErrorCard } from './ErrorCard.tsx';

export function Loading() {
  return (
    <Stack align="center" p="xl" aria-busy="true">
      <Loader />
      <Text component="output" c="dimmed">
        {t('shell.loading')}
      </Text>
    </Stack>
  );
}

interface EmptyProps {
  /** What would be here. */
  readonly title: string;
  /** Why it is not. */
  readonly why: string;
  /** The one action that fills it. */
  readonly action?: ReactNode;
}

export function Empty({ title, why, action }: EmptyProps) {
  return (
    <Stack align="center" p="xl" gap="sm" data-empty="">
      <Title order={2} size="h4" ta="center">
        {title}
      </Title>
      <Text c="dimmed" ta="center" maw={520}>
        {why}
      </Text>
      {action}
    </Stack>
  );
}

interface FacesProps<T> {
  readonly of: Loaded<T>;
  readonly onRetry: () => void;
  readonly children: (value: T) => ReactNode;
}

/** Shows what is known, or why it is not. */
export function Faces<T>({ of, onRetry, children }: FacesProps<T>) {
  if (of.state === 'loading') return <Loading />;
  if (of.state === 'failed') return <ErrorCard error={of.error} onRetry={onRetry} />;
  return children(of.value);
}
