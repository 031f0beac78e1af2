/** The same in German. */
import type { Words } from './en.ts';

const migrations = (number: number): string => `${number} ${number === 1 ? 'Migration' : 'Migrationen'}`;

export const de: Words = {
  menu: {
    file: '&Datei',
    edit: '&Bearbeiten',
    view: '&Ansicht',
    go: '&Gehe zu',
    window: '&Fenster',
    help: '&Hilfe',
    close: 'Fenster schließen',
    quit: 'Guts beenden',
    undo: 'Rückgängig',
    redo: 'Wiederholen',
    cut: 'Ausschneiden',
    copy: 'Kopieren',
    paste: 'Einfügen',
    selectAll: 'Alles auswählen',
    resetZoom: 'Originalgröße',
    zoomIn: 'Größer',
    zoomOut: 'Kleiner',
    fullScreen: 'Vollbild',
    palette: 'Gehe zu, oder tue …',
    keys: 'Tasten',
    logs: 'Protokollordner öffnen',
    logBundle: 'Protokollpaket speichern …',
    licences: 'Lizenzen der Bestandteile',
    about: 'Über Guts',
  },
  tray: {
    open: 'Guts öffnen',
    pauseAll: 'Alle Migrationen anhalten',
    resumeAll: 'Alle Migrationen fortsetzen',
    quit: 'Guts beenden',
    nothing: 'Nichts läuft',
    running: (number) => `${number} ${number === 1 ? 'läuft' : 'laufen'}`,
    waitingForYou: (number) => `${number} ${number === 1 ? 'braucht' : 'brauchen'} Sie`,
    failed: (number) => `${number} fehlgeschlagen`,
    paused: 'angehalten',
  },
  notice: {
    finished: (number, names) => ({
      title: number === 1 ? `${names} ist umgezogen` : `${migrations(number)} sind fertig`,
      body: number === 1 ? 'Die Migration ist fertig. Öffnen Sie sie, um zu sehen, was nachgewiesen wurde.' : names,
    }),
    failed: (number, names) => ({
      title: number === 1 ? `${names} ist fehlgeschlagen` : `${migrations(number)} sind fehlgeschlagen`,
      body: number === 1 ? 'Öffnen Sie die Migration: Dort steht, warum, und was zu tun ist.' : names,
    }),
    needsYou: (number, names) => ({
      title: number === 1 ? `${names} braucht Sie` : `${migrations(number)} brauchen Sie`,
      body: number === 1 ? 'Es geht weiter, wenn Sie entschieden haben. Öffnen Sie die Migration.' : names,
    }),
    window: (number, names, time) => ({
      title: `Das Zeitfenster schließt um ${time}`,
      body: `${number === 1 ? `${names} läuft noch und läuft` : `${migrations(number)} laufen noch und laufen`} weiter. Was noch nicht begonnen hat, wartet auf das nächste Fenster.`,
    }),
    more: (number) => `und ${number} weitere`,
  },
  quit: {
    title: (running) => `${migrations(running)} ${running === 1 ? 'wird' : 'werden'} kopiert`,
    body: 'Guts kann ohne Fenster weiterlaufen. Wird es beendet, werden sie dort angehalten, wo es später weitergehen kann.',
    closeTitle: 'Soll Guts im Infobereich bleiben?',
    closeBody:
      'Dort setzt es Migrationen fort und meldet sich, wenn eine Sie braucht. Gefragt wird nur dieses eine Mal.',
    background: 'Im Hintergrund weiterlaufen',
    keepInTray: 'Im Infobereich behalten',
    pause: 'Anhalten und beenden',
    quit: 'Guts beenden',
    cancel: 'Abbrechen',
  },
  crash: {
    title: 'Das Fenster von Guts ist zweimal abgestürzt',
    body: 'Migrationen berührt das nicht: Sie laufen außerhalb des Fensters. Öffnen Sie es wieder; stürzt es noch einmal ab, speichern Sie ein Protokollpaket und melden Sie es mit dem, was Sie zuletzt getan haben.',
    reopen: 'Fenster wieder öffnen',
    logBundle: 'Protokollpaket speichern …',
    quit: 'Guts beenden',
  },
  logBundle: {
    saved: 'Das Protokollpaket ist gespeichert',
    savedBody: 'Geheimnisse, die Guts kennt, sind nicht darin. Sehen Sie hinein, bevor Sie es weitergeben.',
    show: 'Datei zeigen',
    failed: 'Das Protokollpaket konnte nicht gespeichert werden',
    close: 'Schließen',
  },
};
