/** The frame of what stands before the shell: one card in the middle, with the mark. */
import { Container, Group, Stack, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import { Mark } from '../../parts/Mark.tsx';

export function Gate({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <Container component="main" size={520} py="xl">
      <Stack className="guts-card" gap="md" mt="10vh">
        <Group>
          <Mark size={40} />
          <Title order={1} size="h3">
            {title}
          </Title>
        </Group>
        {children}
      </Stack>
    </Container>
  );
}
