/** An address behind which there is nothing. */
import { Button } from '@mantine/core';
import { Empty } from '../parts/Faces.tsx';
import { go } from '../router.ts';
import { t } from '../texts/t.ts';

export function NoPlace({ path }: { readonly path: string }) {
  return (
    <Empty
      title={t('shell.noPlace')}
      why={t('shell.noPlaceWhy', { path })}
      action={<Button onClick={() => go('/')}>{t('shell.goHome')}</Button>}
    />
  );
}
