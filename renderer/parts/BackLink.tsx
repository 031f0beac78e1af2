/** From a page to the one that it belongs to. */
import { Anchor } from '@mantine/core';

export const BackLink = ({ to, children }: { readonly to: string; readonly children: string }) => (
  <Anchor href={`#${to}`} size="sm">
    {children}
  </Anchor>
);
