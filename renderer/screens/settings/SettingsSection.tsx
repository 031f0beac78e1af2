/** A part of the settings: its title, what it is for, and what can be set. */
import { Stack, Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';

interface SettingsSectionProps {
  readonly title: string;
  readonly why?: string;
  readonly children: ReactNode;
}

export function SettingsSection({ title, why, children }: SettingsSectionProps) {
  return (
    <Stack component="section" gap="sm" aria-label={title}>
      <Title order={2} size="h4">
        {title}
      </Title>
      {why !== undefined && (
        <Text size="sm" c="dimmed">
          {why}
        </Text>
      )}
      {children}
    </Stack>
  );
}
