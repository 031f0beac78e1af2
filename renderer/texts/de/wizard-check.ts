/** The plan editor: the steps Check and Review. */
export const wizardCheck = {
  'wizard.check_one': '{{number}} VM prüfen',
  'wizard.check_other': '{{number}} VMs prüfen',
  'wizard.checkAgain_one': '{{number}} VM noch einmal prüfen',
  'wizard.checkAgain_other': '{{number}} VMs noch einmal prüfen',
  'wizard.checkWhy':
    'Ändern sich Zuordnung oder Optionen, müssen die VMs, um die es dabei geht, noch einmal geprüft werden.',
  'wizard.checking': 'Wird geprüft',
  'wizard.checkedOf': '{{done}} von {{of}} geprüft',
  'wizard.stopChecking': 'Prüfung beenden',
  'wizard.nothingToCheck': 'Keine VM ist mehr zu prüfen.',
  'wizard.unchecked_one': '{{count}} VM ist noch nicht geprüft.',
  'wizard.unchecked_other': '{{count}} VMs sind noch nicht geprüft.',
  'wizard.checksFailed_one': '{{count}} VM konnte nicht geprüft werden.',
  'wizard.checksFailed_other': '{{count}} VMs konnten nicht geprüft werden.',
  'wizard.notCheckedTitle_one': '{{count}} VM konnte nicht geprüft werden: {{names}}',
  'wizard.notCheckedTitle_other': '{{count}} VMs konnten nicht geprüft werden: {{names}}',
  'wizard.nothingFound_one': '{{number}} VM wurde geprüft, und es fand sich nichts.',
  'wizard.nothingFound_other': '{{number}} VMs wurden geprüft, und es fand sich nichts.',
  'wizard.severity.blocks': 'Verhindert',
  'wizard.severity.warns': 'Warnt',
  'wizard.severity.informs': 'Hinweis',
  'wizard.vmsWith_one': '{{number}} VM – {{says}}',
  'wizard.vmsWith_other': '{{number}} VMs – {{says}}',
  'wizard.vmsBlocked_one': '{{count}} VM kann nicht gehen: {{says}}',
  'wizard.vmsBlocked_other': '{{count}} VMs können nicht gehen: {{says}}',
  'wizard.vmsWarned_one': 'Für {{count}} VM nicht hingenommen: {{says}}',
  'wizard.vmsWarned_other': 'Für {{count}} VMs nicht hingenommen: {{says}}',
  'wizard.acceptWarning': '{{id}} für diesen Plan hinnehmen',
  'wizard.allAccepted': 'Alle Warnungen sind in „Optionen“ hingenommen.',
  'wizard.acceptedThese': 'Hingenommene Warnungen: {{ids}}.',
  'wizard.leaveOut_one': 'Diese VM weglassen',
  'wizard.leaveOut_other': 'Diese {{number}} VMs weglassen',
  'wizard.showVms_one': 'VM zeigen',
  'wizard.showVms_other': 'VMs zeigen',
  'wizard.hideVms_one': 'VM verbergen',
  'wizard.hideVms_other': 'VMs verbergen',
  'wizard.leftOut_one': '{{count}} VM wurde weggelassen: {{names}}',
  'wizard.leftOut_other': '{{count}} VMs wurden weggelassen: {{names}}',
  'wizard.takeBack_one': '{{count}} VM zurückholen',
  'wizard.takeBack_other': '{{count}} VMs zurückholen',

  'wizard.order': 'Was geschehen wird',
  'wizard.order.queue_one': '{{number}} VM kommt in die Warteschlange. Darf beginnen: {{when}}.',
  'wizard.order.queue_other': '{{number}} VMs kommen in die Warteschlange. Darf beginnen: {{when}}.',
  'wizard.order.firstWave': 'Welle {{wave}} geht zuerst: {{names}}.',
  'wizard.order.nextWave': 'Wenn alle davor beendet sind, geht Welle {{wave}}: {{names}}.',
  'wizard.order.each':
    'Jede VM wird noch einmal angesehen, zur Ruhe gebracht, Platte für Platte kopiert und wird ein Server in der Cloud, der startet.',
  'wizard.order.proof':
    'Jede Kopie wird durch Zurücklesen nachgewiesen, die Konsole des Servers beobachtet und ein Bericht geschrieben.',
  'wizard.feels': 'Was die Quelle davon merkt',
  'wizard.feels.shutDown_one':
    '{{number}} laufende VM wird heruntergefahren, wenn sie an der Reihe ist, und bleibt danach aus: {{names}}.',
  'wizard.feels.shutDown_other':
    '{{number}} laufende VMs werden heruntergefahren, wenn sie an der Reihe sind, und bleiben danach aus: {{names}}.',
  'wizard.feels.pulled_one':
    'Fährt sie nicht rechtzeitig herunter, wird {{number}} VM der Strom abgeschaltet: {{names}}.',
  'wizard.feels.pulled_other': 'Denen, die nicht rechtzeitig herunterfahren, wird der Strom abgeschaltet: {{names}}.',
  'wizard.feels.snapshot_one':
    '{{number}} laufende VM wird aus einem Snapshot kopiert, der danach entfernt wird: {{names}}.',
  'wizard.feels.snapshot_other':
    '{{number}} laufende VMs werden aus Snapshots kopiert, die danach entfernt werden: {{names}}.',
  'wizard.feels.off_one': '{{number}} VM ist aus und bleibt aus.',
  'wizard.feels.off_other': '{{number}} VMs sind aus und bleiben aus.',
  'wizard.feels.reads': 'Platten werden nur gelesen. In den VMs wird nichts geschrieben und nichts gelöscht.',
  'wizard.undo': 'Wie man es zurücknimmt',
  'wizard.undoHow':
    'Eine Migration abbrechen, solange sie nicht fertig ist: alles in der Cloud Angelegte wird entfernt und die VM wieder gestartet. Danach den Server löschen und die VM starten: sie ist noch da, wie sie war.',
  'wizard.totals': 'Was es braucht',
  'wizard.totalsText_one':
    '{{vms}} VM mit {{size}} auf Platten wird ein Server mit {{volumes}} Volumes und {{ports}} Ports.',
  'wizard.totalsText_other':
    '{{vms}} VMs mit {{size}} auf Platten werden Server mit {{volumes}} Volumes und {{ports}} Ports.',
  'wizard.forecast_one':
    'Etwa {{span}}, {{atOnce}} VMs nebeneinander: die neueste Migration bewegte {{rate}} an Platte vom Anfang bis zum Ende.',
  'wizard.forecast_other':
    'Etwa {{span}}, {{atOnce}} VMs nebeneinander: die neuesten {{number}} Migrationen bewegten je {{rate}} an Platte vom Anfang bis zum Ende.',
  'wizard.forecastUnknown': 'Wie lange es dauert, ist nicht bekannt: noch wurde keine Migration gemessen.',
  'wizard.save': 'Plan speichern',
  'wizard.saveAndStart': 'Speichern und starten',
  'wizard.notSaved': '„{{name}}“ wurde nicht gespeichert',
  'wizard.savedNotStarted': '„{{name}}“ ist gespeichert, wurde aber nicht gestartet',
  'wizard.notYet': 'Noch nicht möglich: {{says}}',
  'wizard.startUnchecked':
    'Nicht jede VM ist geprüft. Jede wird noch einmal angesehen, bevor etwas geschieht, und eine, die nicht gehen kann, schlägt dann fehl.',
};
