/** Adds an OpenStack project: by hand, or by a file that describes it. */
import { NativeSelect, PasswordInput, TextInput } from '@mantine/core';
import { zodResolver } from '@hookform/resolvers/zod';
import { useEffect } from 'react';
import { useForm, useWatch } from 'react-hook-form';
import type { Trust } from '../../../main/shared/trust.ts';
import { call } from '../../api.ts';
import { t } from '../../texts/t.ts';
import { useAdding, type Doubt } from './adding.ts';
import { AddingFrame } from './AddingFrame.tsx';
import { arrive } from './arrive.ts';
import { CloudFileReader, type CloudAccess } from './CloudFileReader.tsx';
import { blame } from './blame.ts';
import classes from './Connections.module.css';
import { askedBy, authOf, cloudFields, fieldsOf, interfaces, methods, newCloud, type Cloud } from './fields.ts';

/** Which field an error is about. */
const about: Readonly<Record<string, keyof Cloud>> = {
  'connection.name-taken': 'name',
  'openstack.sign-in-refused': 'secret',
  'openstack.not-keystone': 'address',
  'openstack.region': 'region',
  'openstack.no-project': 'project',
  'net.unreachable': 'address',
  'net.strange-answer': 'address',
};

export function NewCloud() {
  const form = useForm({
    resolver: zodResolver(cloudFields()),
    defaultValues: newCloud,
  });
  const { register, handleSubmit, setFocus, setValue, getValues, control, formState } = form;
  const { errors, isSubmitting } = formState;
  const adding = useAdding<Cloud>(create, (error) => blame(form, about, error));
  useEffect(() => setFocus('name'), [setFocus]);
  const submit = (confirmed?: Doubt): void =>
    void handleSubmit(async (fields) => await adding.add(fields, confirmed))();
  const method = useWatch({ control, name: 'method' });
  const isPlain = useWatch({ control, name: 'address' }).startsWith('http:');

  const fill = (cloud: string | null, { authUrl, auth, region, interface: side, secret }: CloudAccess): void => {
    adding.forget();
    const found = {
      ...fieldsOf(auth),
      name: getValues('name') || (cloud ?? ''),
      address: authUrl,
      region: region ?? '',
      interface: side,
      secret: secret ?? '',
    };
    for (const [field, value] of Object.entries(found))
      setValue(field as keyof Cloud, value, { shouldValidate: false }); // its own fields
    setFocus(found.name === '' ? 'name' : 'secret');
  };

  return (
    <AddingFrame
      title={t('connections.addCloud')}
      why={t('connections.addCloudWhy')}
      adding={adding}
      isBusy={isSubmitting}
      doIt={t('connections.connect')}
      onSubmit={submit}
    >
      <CloudFileReader onRead={fill} />
      <TextInput
        label={t('connections.name')}
        description={t('connections.nameWhy')}
        autoComplete="off"
        error={errors.name?.message}
        {...register('name')}
      />
      <TextInput
        label={t('connections.authUrl')}
        description={t(isPlain ? 'connections.authUrlPlain' : 'connections.authUrlWhy')}
        autoComplete="off"
        inputMode="url"
        spellCheck={false}
        error={errors.address?.message}
        {...register('address')}
      />
      <NativeSelect
        label={t('connections.method')}
        data={methods.map((value) => ({ value, label: t(`connections.method.${value}`) }))}
        {...register('method')}
      />
      <div className={classes['pair']}>
        {askedBy[method].map((field) => (
          <TextInput
            key={`${method} ${field}`}
            label={t(
              field === 'credential'
                ? `connections.field.${method === 'applicationCredential' ? 'credentialId' : 'credentialName'}`
                : `connections.field.${field}`,
            )}
            autoComplete="off"
            spellCheck={false}
            error={errors[field]?.message}
            {...register(field)}
          />
        ))}
        <PasswordInput
          label={t(`connections.secretOfMethod.${method}`)}
          autoComplete="off"
          error={errors.secret?.message}
          {...register('secret')}
        />
      </div>
      <div className={classes['pair']}>
        <TextInput
          label={t('connections.region')}
          description={t('connections.regionWhy')}
          autoComplete="off"
          error={errors.region?.message}
          {...register('region')}
        />
        <NativeSelect
          label={t('connections.interface')}
          description={t('connections.interfaceWhy')}
          data={interfaces.map((value) => ({ value, label: t(`connections.interface.${value}`) }))}
          {...register('interface')}
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

async function create(fields: Cloud, trust: Trust): Promise<void> {
  const { name, address: authUrl, region, interface: side, secret, proxy } = fields;
  const { destination, test } = await call('destinations.create', {
    name,
    authUrl,
    auth: authOf(fields),
    region,
    interface: side,
    secret,
    proxy,
    trust,
  });
  await arrive('destination', destination, test === null ? null : { side: 'destination', result: test });
}
