/** Adds a vCenter or an ESXi host that stands alone. */
import { PasswordInput, TextInput } from '@mantine/core';
import { zodResolver } from '@hookform/resolvers/zod';
import { useEffect } from 'react';
import { useForm } from 'react-hook-form';
import type { z } from 'zod';
import type { Trust } from '../../../main/shared/trust.ts';
import { call } from '../../api.ts';
import { t } from '../../texts/t.ts';
import { useAdding, type Doubt } from './adding.ts';
import { AddingFrame } from './AddingFrame.tsx';
import { arrive } from './arrive.ts';
import { blame } from './blame.ts';
import classes from './Connections.module.css';
import { sourceFields } from './fields.ts';

type Source = z.output<ReturnType<typeof sourceFields>>;

/** Which field an error is about. */
const about: Readonly<Record<string, keyof Source>> = {
  'connection.name-taken': 'name',
  'vsphere.login-refused': 'secret',
  'net.unreachable': 'address',
  'net.strange-answer': 'address',
};

export function NewSource() {
  const form = useForm({
    resolver: zodResolver(sourceFields()),
    defaultValues: { name: '', address: '', userName: '', secret: '', proxy: '' },
  });
  const { register, handleSubmit, setFocus, formState } = form;
  const { errors, isSubmitting } = formState;
  const adding = useAdding<Source>(create, (error) => blame(form, about, error));
  useEffect(() => setFocus('name'), [setFocus]);
  const submit = (confirmed?: Doubt): void =>
    void handleSubmit(async (fields) => await adding.add(fields, confirmed))();

  return (
    <AddingFrame
      title={t('connections.addSource')}
      why={t('connections.addSourceWhy')}
      adding={adding}
      isBusy={isSubmitting}
      doIt={t('connections.connect')}
      onSubmit={submit}
    >
      <TextInput
        label={t('connections.name')}
        description={t('connections.nameWhy')}
        autoComplete="off"
        error={errors.name?.message}
        {...register('name')}
      />
      <TextInput
        label={t('connections.address')}
        description={t('connections.addressWhy')}
        autoComplete="off"
        inputMode="url"
        spellCheck={false}
        error={errors.address?.message}
        {...register('address')}
      />
      <div className={classes['pair']}>
        <TextInput
          label={t('connections.user')}
          description={t('connections.userWhy')}
          autoComplete="off"
          spellCheck={false}
          error={errors.userName?.message}
          {...register('userName')}
        />
        <PasswordInput
          label={t('connections.password')}
          description={t('connections.passwordWhy')}
          autoComplete="off"
          error={errors.secret?.message}
          {...register('secret')}
        />
      </div>
      <TextInput
        label={t('connections.proxy')}
        description={t('connections.proxyWhy')}
        autoComplete="off"
        error={errors.proxy?.message}
        {...register('proxy')}
      />
    </AddingFrame>
  );
}

async function create({ name, address, userName, secret, proxy }: Source, trust: Trust): Promise<void> {
  const { source, test } = await call('sources.create', { name, url: address, userName, secret, proxy, trust });
  await arrive('source', source, test === null ? null : { side: 'source', result: test });
}
