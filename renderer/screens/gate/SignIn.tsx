/** Signs a browser in at the server that sent this page. */
import { Button, PasswordInput, Stack, Text } from '@mantine/core';
import { zodResolver } from '@hookform/resolvers/zod';
import { useForm } from 'react-hook-form';
import { z } from 'zod';
import type { ErrorInfo } from '../../../main/shared/errors.ts';
import { ErrorCard } from '../../parts/ErrorCard.tsx';
import { signIn } from '../../state/session.ts';
import { t } from '../../texts/t.ts';
import { Gate } from './Gate.tsx';

const fields = () => z.object({ token: z.string().trim().min(1, t('session.tokenMissing')) });

export function SignIn({ error }: { readonly error: ErrorInfo | null }) {
  const { register, handleSubmit, formState } = useForm({
    resolver: zodResolver(fields()),
    defaultValues: { token: '' },
  });

  return (
    <Gate title={t('session.signIn')}>
      {error !== null && <ErrorCard error={error} />}
      <Text>{t('session.signInWhy')}</Text>
      <form onSubmit={(event) => void handleSubmit(async ({ token }) => await signIn(token))(event)}>
        <Stack>
          <PasswordInput
            label={t('session.token')}
            autoComplete="current-password"
            error={formState.errors.token?.message}
            {...register('token')}
          />
          <Button type="submit">{t('session.signInNow')}</Button>
        </Stack>
      </form>
    </Gate>
  );
}
