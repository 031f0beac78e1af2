/** Before there is a Guts to work with: starting, the vault's passphrase, signing in. */
export const session = {
  'session.starting': 'Guts startet',
  'session.startingWhy': 'Es liest seine Dateien und macht weiter, wo es unterbrochen wurde.',
  'session.stopping': 'Guts wird beendet',
  'session.stoppingWhy':
    'Was läuft, wird dort angehalten, wo es später weitergehen kann. Das dauert bis zu einer Minute.',
  'session.failed': 'Guts ist nicht gestartet',
  'session.retry': 'Noch einmal starten',
  'session.lockedNew': 'Wählen Sie eine Passphrase für Ihre Kennwörter',
  'session.lockedNewWhy':
    'Dieser Rechner hat keinen Schlüsselbund. Guts kann Kennwörter in einer versiegelten Datei aufbewahren, die sich nur mit einer Passphrase öffnet.',
  'session.locked': 'Die Passphrase Ihres Tresors',
  'session.lockedWhy': 'Die Kennwörter Ihrer Verbindungen liegen in einer versiegelten Datei auf diesem Rechner.',
  'session.passphrase': 'Passphrase',
  'session.passphraseAgain': 'Passphrase noch einmal',
  'session.passphraseShort': 'Nehmen Sie mindestens 8 Zeichen.',
  'session.passphraseDiffers': 'Das sind zwei verschiedene Passphrasen.',
  'session.unlock': 'Tresor öffnen',
  'session.create': 'Tresor anlegen',
  'session.withoutVault': 'Ohne Tresor weiter',
  'session.withoutVaultWhy': 'Kennwörter bleiben dann nur im Speicher und werden nach jedem Start neu erfragt.',
  'session.signIn': 'Bei Guts anmelden',
  'session.signInWhy':
    'Geben Sie ein Token dieses Servers. Seine Verwaltung macht eines mit „guts token create“; das eigene des Servers steht in „api-token“ in seinem Datenordner.',
  'session.token': 'Token',
  'session.tokenMissing': 'Geben Sie ein Token an.',
  'session.signInNow': 'Anmelden',
  'session.signOut': 'Abmelden',
};
