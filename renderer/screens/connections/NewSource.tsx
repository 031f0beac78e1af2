/** Adds a vCenter, an ESXi host that stands alone, or a Hyper-V host. */
import { Input, NativeSelect, PasswordInput, SegmentedControl, TextInput } from '@mantine/core';
import { zodResolver } from '@hookform/resolvers/zod';
import { useEffect } from 'react';
import { useForm, useWatch } from 'react-hook-form';
import type { Trust } from '../../../main/shared/trust.ts';
import { call } from '../../api.ts';
import { t } from '../../texts/t.ts';
import { useAdding, type Doubt } from './adding.ts';
import { AddingFrame } from './AddingFrame.tsx';
import { arrive } from './arrive.ts';
import { blame } from './blame.ts';
import classes from './Connections.module.css';
import { HypervFields } from './HypervFields.tsx';
import { disksOf, kinds, newSource, sourceFields, ways, type Source, type SourceInput } from './source-fields.ts';

/** Which field an error is about. */
const about: Readonly<Record<string, keyof SourceInput>> = {
  'connection.name-taken': 'name',
  'vsphere.login-refused': 'secret',
  'hyperv.login-refused': 'secret',
  'hyperv.method-refused': 'signInBy',
  'net.unreachable': 'address',
  'net.strange-answer': 'address',
};

export function NewSource() {
  const form = useForm({ resolver: zodResolver(sourceFields()), defaultValues: newSource });
  const { register, handleSubmit, setFocus, setValue, clearErrors, control, formState } = form;
  const { errors, isSubmitting } = formState;
  const adding = useAdding<Source>(create, (error) => blame(form, about, error));
  useEffect(() => setFocus('name'), [setFocus]);
  const submit = (confirmed?: Doubt): void =>
    void handleSubmit(async (fields) => await adding.add(fields, confirmed))();
  const kind = useWatch({ control, name: 'kind' });
  const isHyperv = kind === 'hyperv';
  const turnTo = (wish: string): void => {
    adding.forget();
    clearErrors();
    setValue('kind', kinds.find((one) => one === wish) ?? kind);
  };

  return (
    <AddingFrame
      title={t('connections.addSource')}
      why={t('connections.addSourceWhy')}
      adding={adding}
      isBusy={isSubmitting}
      doIt={t('connections.connect')}
      onSubmit={submit}
    >
      <Input.Wrapper
        label={t('connections.sourceKind')}
        labelElement="div"
        labelProps={{ id: 'source-kind' }}
        className={classes['kinds'] ?? ''}
      >
        <SegmentedControl
          aria-labelledby="source-kind"
          value={kind}
          onChange={turnTo}
          data={kinds.map((value) => ({ value, label: t(`connections.kind.${value}`) }))}
        />
      </Input.Wrapper>
      <TextInput
        label={t('connections.name')}
        description={t('connections.nameWhy')}
        autoComplete="off"
        error={errors.name?.message}
        {...register('name')}
      />
      <div className={classes['pair']}>
        <TextInput
          label={t('connections.address')}
          description={t(isHyperv ? 'connections.addressWhyHyperv' : 'connections.addressWhy')}
          autoComplete="off"
          inputMode="url"
          spellCheck={false}
          error={errors.address?.message}
          {...register('address', { deps: ['signInBy'] })}
        />
        {isHyperv && (
          <NativeSelect
            label={t('connections.way')}
            description={t('connections.wayWhy')}
            data={ways.map((value) => ({ value, label: t(`connections.way.${value}`) }))}
            {...register('way', { deps: ['signInBy'] })}
          />
        )}
      </div>
      <div className={classes['pair']}>
        <TextInput
          label={t('connections.user')}
          description={t(isHyperv ? 'connections.userWhyHyperv' : 'connections.userWhy')}
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
      {isHyperv && <HypervFields form={form} />}
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

async function create(fields: Source, trust: Trust): Promise<void> {
  const { name, kind, address: url, userName, secret, proxy, signInBy } = fields;
  const own = kind === 'hyperv' ? { signInBy, disks: disksOf(fields) } : {};
  const { source, test } = await call('sources.create', { name, kind, url, userName, secret, proxy, trust, ...own });
  await arrive('source', source, test === null ? null : { side: 'source', result: test });
}
