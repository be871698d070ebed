import type { enProblems } from './en-problems.ts';

/** The words for what went wrong, in German. */
export const deProblems: Readonly<Record<keyof typeof enProblems, string>> = {
  seatsTakenTitle: '{count, plural, one {Ein Platz wurde} other {Einige Plätze wurden}} vor dir genommen',
  seatsTakenText:
    'Nicht mehr frei: {labels}. Nichts wurde reserviert; deine anderen Plätze bleiben ausgewählt.',
  tooFewSeatsTitle: 'Nicht genug freie Plätze',
  tooFewSeatsText: 'Nichts wurde reserviert. Wähle weniger Plätze oder eine andere Preiskategorie.',
  seatLimitTitle: 'Zu viele Plätze',
  seatLimitText:
    'Du kannst hier höchstens {limit} Plätze haben, reserviert und gebucht zusammen. Entferne einige, oder gib eine Reservierung frei.',
  notOnSaleTitle: 'Die Veranstaltung ist nicht im Verkauf',
  notOnSaleText: 'Nichts wurde reserviert. Sieh dir die anderen Veranstaltungen an.',
  bookingStateTitle: 'Das ist nicht mehr möglich',
  bookingIsHOLD: 'Die Plätze sind reserviert, aber nicht gebucht. Buche sie zuerst.',
  bookingIsCONFIRMED: 'Die Buchung ist schon bestätigt. Du findest sie unter „Meine Buchungen“.',
  bookingIsCANCELED: 'Die Buchung wurde storniert.',
  bookingIsEXPIRED: 'Die Reservierung ist abgelaufen. Wähle die Plätze noch einmal.',
  bookingIsRELEASED: 'Die Plätze wurden freigegeben. Wähle sie noch einmal.',
  cancelRefusedTitle: 'Die Buchung lässt sich nicht stornieren',
  cancelNotAllowed: 'Diese Veranstaltung erlaubt es nicht. Wende dich an den Veranstalter.',
  cancelTooLate: 'Es war bis {time} möglich. Wende dich an den Veranstalter.',
  orphanTitle: 'Ein einzelner Platz bliebe frei',
  orphanText: 'Nichts wurde reserviert. Wähle Plätze nebeneinander, zum Beispiel diese:',
  busyTitle: 'Der Server ist stark ausgelastet',
  busyText: 'Nichts wurde geändert. In {time} kannst du es noch einmal versuchen; deine Auswahl bleibt.',
  challengeTitle: 'Einen Moment',
  challengeText:
    'Dieser Verkauf hält Programme fern: Dein Gerät muss erst eine kleine Aufgabe lösen. Es arbeitet daran.',
  rateLimitedTitle: 'Zu viele Versuche',
  rateLimitedText: 'Nichts wurde geändert. Warte {time}, dann versuche es noch einmal; deine Auswahl bleibt.',
  coolDownTitle: 'Du musst eine Pause machen',
  coolDownText:
    'Von dir oder aus deinem Netz wurden viele Plätze versucht oder ohne Buchung reserviert. Wartezeit bis zur nächsten Reservierung: {time}. Was du jetzt reserviert hast, bleibt deins.',
  closedTitle: 'Du kannst hier zurzeit keine Plätze reservieren',
  closedText:
    'Von dir oder aus deinem Netz wurden zu viele Plätze ohne Buchung reserviert. Wartezeit bis zur nächsten Reservierung: {time}. Falls das ein Irrtum ist, wende dich an den Veranstalter.',
  readOnlyTitle: 'Der Verkauf ist unterbrochen',
  readOnlyText:
    'Wegen Wartung kann nichts reserviert oder gebucht werden. Warte {time}, dann versuche es noch einmal.',
  holdExpiredTitle: 'Die Reservierung ist abgelaufen',
  holdExpiredText:
    'Andere können die Plätze jetzt nehmen. Du kannst sie wieder auswählen, falls sie noch frei sind.',
  releasedElsewhereTitle: 'Deine Plätze wurden in einem anderen Tab freigegeben',
  releasedElsewhereText:
    'Andere können sie jetzt nehmen. Du kannst sie wieder auswählen, falls sie noch frei sind.',
  extensionRefusedTitle: 'Mehr Zeit ist nicht möglich',
  extensionRefusedText:
    'Die Reservierung hat schon so viel Zeit, wie sie haben kann. Buche, bevor die Zeit abläuft.',
  admissionTitle: 'Deine Reihe ist vorbei',
  admissionText: 'Nichts wurde reserviert. Du gehst zurück in den Warteraum, und deine Auswahl bleibt.',
  notFoundTitle: 'Das ist nicht mehr verfügbar',
  notFoundText: 'Es existiert nicht, oder es gehört zu einem anderen Browser.',
  invalidTitle: 'Die Veranstaltung hat sich geändert',
  invalidText: 'Nichts wurde reserviert. Die Seite zeigt den neuen Stand; bitte versuche es noch einmal.',
  conflictTitle: 'Diese Anfrage gab es schon',
  conflictText:
    'Sie galt anderen Plätzen, und nichts wurde geändert. Prüfe deine Auswahl und reserviere noch einmal.',
  noAnswerTitle: 'Keine Antwort',
  noAnswerText: 'Der Server hat nicht geantwortet. Prüfe die Verbindung und versuche es noch einmal.',
  sessionOverTitle: 'Deine Sitzung ist beendet',
  sessionOverText:
    'Der Server erkennt die Sitzung dieses Browsers nicht mehr an, und nichts wurde reserviert. Reserviere noch einmal: Eine neue Sitzung beginnt von selbst.',
  sessionOverHolds:
    'Der Server erkennt die Sitzung nicht mehr an, die diese Plätze reserviert hat: {labels}.',
  sessionOverUntil:
    'Sie lassen sich nicht mehr buchen und sind spätestens um {time} wieder frei. Eine neue Sitzung beginnt, wenn du Plätze reservierst.',
  sessionOverPerhaps:
    'Deine Buchung kann angekommen sein. Dann ist die Buchung {number} gültig, aber dieser Browser kann sie nicht zeigen: Frag den Veranstalter. Sonst sind die Plätze spätestens um {time} wieder frei.',
  sessionOverUnknown:
    'Die Verbindung brach ab, und der Server erkennt die Sitzung dieses Browsers nicht mehr an. Wir können nicht herausfinden, ob deine Plätze reserviert sind; falls ja, sind sie wieder frei, sobald die Reservierung abläuft. Wähle noch einmal Plätze: Eine neue Sitzung beginnt von selbst.',
  sessionOverBooking:
    'Der Server erkennt die Sitzung dieser Buchung nicht mehr an, deshalb lässt sie sich hier nicht öffnen. War sie bestätigt, bleibt sie gültig: Bewahre die gedruckte oder gespeicherte Buchung auf.',
  sessionOverBookings:
    'Der Server erkennt die Sitzung dieses Browsers nicht mehr an, deshalb lassen sich ihre Buchungen nicht zeigen. Bestätigte Buchungen bleiben gültig: Bewahre auf, was du gedruckt oder gespeichert hast. Eine neue Sitzung beginnt, wenn du Plätze reservierst.',
  requestExpiredTitle: 'Deine Anfrage wurde nicht rechtzeitig entschieden',
  requestExpiredText: 'Nichts wurde reserviert. Bitte versuche es noch einmal.',
  unexpectedTitle: 'Etwas ist schiefgegangen',
  unexpectedText:
    'Der Server hat einen unerwarteten Fehler gemeldet. Versuche es noch einmal, oder lade die Seite neu.',
};
