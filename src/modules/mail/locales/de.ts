import type { MailMessages } from './en.js';

/** The wording of every mail in German. */
export const german: MailMessages = {
  common: {
    hello: 'Guten Tag {name},',
    reason: 'Grund: {reason}',
    severalAccounts:
      'Mehrere unbestätigte Konten verwenden diese E-Mail-Adresse. Diese E-Mail gilt für das Konto, das am {signedUpOn} angelegt wurde. Die anderen enden, wenn Sie sie verwenden.',
    toOwners: 'Sie erhalten diese E-Mail, weil Sie ein Inhaber der Organisation sind.',
    toOperators: 'Sie erhalten diese E-Mail, weil Sie {product} betreiben.',
    toOwnersWithLog: 'Sie erhalten diese E-Mail, weil Sie ein Inhaber der Organisation sind. Das Audit-Protokoll enthält die Einzelheiten.',
    sentBy: 'Diese E-Mail wurde von {product} gesendet.',
    sentFor: 'Diese E-Mail wurde von {product} für {organization} gesendet.',
    help: 'Hilfe: {help}',
    linkAsText: 'Falls die Schaltfläche nicht funktioniert, öffnen Sie diese Adresse in Ihrem Browser:',
  },
  'verify-email': {
    subject: 'Bestätigen Sie Ihre E-Mail-Adresse für {product}',
    text: 'Bitte bestätigen Sie, dass diese E-Mail-Adresse Ihnen gehört. Wenn Sie nicht angemeldet sind, brauchen Sie das Passwort des Kontos.',
    textWithoutPasswords: 'Bitte bestätigen Sie, dass diese E-Mail-Adresse Ihnen gehört. Sie müssen dazu in Ihrem Konto angemeldet sein.',
    action: 'E-Mail-Adresse bestätigen',
    closing:
      'Dieser Link funktioniert einmal und läuft in 24 Stunden ab. Wenn Sie kein Konto angelegt und Ihre E-Mail-Adresse nicht geändert haben, können Sie diese E-Mail ignorieren: Ohne das Passwort bewirkt der Link nichts.',
    closingWithoutPasswords:
      'Dieser Link funktioniert einmal und läuft in 24 Stunden ab. Wenn Sie kein Konto angelegt und Ihre E-Mail-Adresse nicht geändert haben, können Sie diese E-Mail ignorieren.',
  },
  invitation: {
    subject: '{inviter} lädt Sie zu {organization} ein',
    text: '{inviter} lädt Sie ein, bei {product} Mitglied von {organization} zu werden, mit der Rolle {role}.',
    action: 'Einladung annehmen',
    closing: 'Diese Einladung läuft am {expiresAt} ab. Wenn Sie den Absender nicht kennen, können Sie diese E-Mail ignorieren.',
  },
  'guardian-consent': {
    subject: '{organization} bittet um Ihre Einwilligung für {member}',
    text: '{member} möchte {product} als Mitglied von {organization} nutzen und hat Sie als erziehungsberechtigt angegeben. {member} hat keinen Zugang, bis jemand mit Sorgerecht einwilligt. Die Seite zeigt, worin Sie einwilligen.',
    action: 'Lesen und entscheiden',
    closing:
      'Dieser Link funktioniert einmal und läuft am {expiresAt} ab. Wenn Sie {member} nicht kennen, können Sie diese E-Mail ignorieren: Ohne Ihre Einwilligung geschieht nichts. Geben Sie den Link niemandem.',
  },
  'consent-given': {
    subject: 'Sie haben eingewilligt, dass {member} bei {organization} Mitglied ist',
    text: 'Wir haben Ihre Einwilligung gespeichert, dass {member} {product} als Mitglied von {organization} nutzt. Sie können sie mit diesem Link jederzeit widerrufen. Der Zugang von {member} endet dann sofort.',
    action: 'Einwilligung widerrufen',
    closing: 'Bewahren Sie diese E-Mail auf. Wenn Sie nicht eingewilligt haben, widerrufen Sie die Einwilligung jetzt.',
  },
  welcome: {
    subject: 'Willkommen bei {organization}',
    text: 'Ihr Konto bei {organization} ist bereit. Sie verwenden es mit {product}.',
    action: 'Anmelden',
    closing: 'Wenn Sie kein Passwort erhalten haben, wählen Sie auf der Anmeldeseite „Passwort vergessen“, um eines festzulegen.',
    closingWithoutPasswords: 'Sie brauchen kein Passwort, um sich anzumelden: Die Anmeldeseite zeigt, wie Sie sich anmelden können.',
  },
  'reset-password': {
    subject: 'Setzen Sie Ihr Passwort für {product} zurück',
    text: 'Wir haben eine Anfrage erhalten, das Passwort Ihres Kontos zurückzusetzen.',
    action: 'Passwort zurücksetzen',
    closing:
      'Dieser Link funktioniert einmal und läuft in zwei Stunden ab. Wenn Sie kein neues Passwort angefordert haben, können Sie diese E-Mail ignorieren: Ihr Passwort wurde nicht geändert.',
  },
  'sign-in': {
    subject: 'Anmeldung bei {product}',
    text: 'Öffnen Sie den Link, um sich auf diesem Gerät anzumelden, oder geben Sie den Code auf der Seite ein, auf der Sie ihn angefordert haben:',
    action: 'Anmelden',
    closing:
      'Der Link und der Code funktionieren einmal und laufen in 15 Minuten ab. Wenn Sie sie nicht angefordert haben, können Sie diese E-Mail ignorieren. Geben Sie den Code und den Link niemandem: Wir fragen nie danach.',
  },
  'operator-second-factor': {
    subject: 'Bestätigen Sie Ihren zweiten Faktor für {product}',
    text: 'Jemand, der in Ihrem Betreiberkonto angemeldet ist, richtet einen zweiten Faktor ein. Wenn Sie es sind, bestätigen Sie ihn mit diesem Link:',
    action: 'Zweiten Faktor bestätigen',
    closing:
      'Dieser Link funktioniert einmal und läuft in zwei Stunden ab. Wenn Sie es nicht sind, setzen Sie jetzt Ihr Passwort zurück: Jemand anderes kennt es. Geben Sie diesen Link niemandem.',
    closingWithoutPasswords:
      'Dieser Link funktioniert einmal und läuft in zwei Stunden ab. Wenn Sie es nicht sind, beenden Sie jetzt Ihre Sitzungen und sichern Sie dieses Postfach: Jemand anderes ist mit Ihrem Konto angemeldet. Geben Sie diesen Link niemandem.',
  },
  'second-factor-added': {
    subject: 'Ihrem Konto bei {product} wurde eine Authenticator-App hinzugefügt',
    text: 'Jemand, der Ihr Passwort kennt, hat eine Authenticator-App als zweiten Faktor Ihres Kontos eingerichtet. Die Anmeldung braucht jetzt einen Code daraus. Wenn Sie es waren, müssen Sie nichts tun.',
    textWithoutPasswords:
      'Jemand, der in Ihrem Konto angemeldet ist, hat eine Authenticator-App als zweiten Faktor eingerichtet. Die Anmeldung braucht jetzt einen Code daraus. Wenn Sie es waren, müssen Sie nichts tun.',
    action: 'Das war ich nicht',
    closing:
      'Dieser Link funktioniert einmal und läuft in 7 Tagen ab. Er entfernt die Authenticator-App, beendet alle Sitzungen und entfernt das Passwort, damit Sie ein neues festlegen können. Geben Sie diesen Link niemandem.',
    closingWithoutPasswords:
      'Dieser Link funktioniert einmal und läuft in 7 Tagen ab. Er entfernt die Authenticator-App und beendet alle Sitzungen. Geben Sie diesen Link niemandem.',
  },
  'second-factor-removed': {
    subject: 'Der zweite Faktor Ihres Kontos bei {product} wurde entfernt',
    text: 'Jemand hat uns gebeten, den zweiten Faktor Ihres Kontos zu entfernen, und uns davon überzeugt, dass Sie es sind. Die Authenticator-App, die Wiederherstellungscodes und alle Passkeys wurden entfernt, und Ihre Sitzungen wurden beendet. Melden Sie sich an, und richten Sie wieder einen zweiten Faktor ein.',
    closing: 'Wenn Sie es nicht waren, setzen Sie jetzt Ihr Passwort zurück, und sagen Sie es dem Betreiber von {product}: Jemand anderes gibt sich für Sie aus.',
    closingWithoutPasswords: 'Wenn Sie es nicht waren, sichern Sie jetzt dieses Postfach, und sagen Sie es dem Betreiber von {product}: Jemand anderes gibt sich für Sie aus.',
  },
  'account-erased': {
    subject: 'Ihr Konto bei {product} wurde gelöscht',
    text: 'Ihr Konto wurde gelöscht, und Ihr Name und diese Adresse wurden entfernt. Dies ist die signierte Quittung mit der Zahl der entfernten Datensätze. Bewahren Sie sie auf: Sie ist nicht mit Ihrer Adresse gespeichert.',
    closing:
      'Dies ist die letzte E-Mail an diese Adresse. Wenn Sie die Löschung nicht verlangt haben, antworten Sie auf diese E-Mail oder schreiben Sie dem Support von {product}.',
  },
  'new-device': {
    subject: 'Neue Anmeldung in Ihrem Konto bei {product}',
    text: 'Jemand hat sich in Ihrem Konto angemeldet: mit {device}, von der Adresse {address}, am {at}. Wenn Sie es waren, müssen Sie nichts tun.',
    closing: 'Wenn Sie es nicht waren, ändern Sie jetzt Ihr Passwort: Jemand anderes kennt es. Die Änderung beendet auch alle anderen Sitzungen Ihres Kontos.',
    closingWithoutPasswords:
      'Wenn Sie es nicht waren, beenden Sie diese Sitzung in Ihrem Konto, und prüfen Sie, wer Ihre E-Mails lesen kann und welche Passkeys und verknüpften Konten Sie haben.',
  },
  'passkey-added': {
    subject: 'Ihrem Konto bei {product} wurde ein Passkey hinzugefügt',
    text: 'Jemand, der in Ihrem Konto angemeldet ist, hat den Passkey {passkey} hinzugefügt. Damit ist die Anmeldung ohne das Passwort möglich. Wenn Sie es waren, müssen Sie nichts tun.',
    textWithoutPasswords:
      'Jemand, der in Ihrem Konto angemeldet ist, hat den Passkey {passkey} hinzugefügt. Damit ist die Anmeldung möglich. Wenn Sie es waren, müssen Sie nichts tun.',
    action: 'Das war ich nicht',
    closing:
      'Dieser Link funktioniert einmal und läuft in 7 Tagen ab. Er entfernt alle Passkeys, beendet alle Sitzungen und entfernt das Passwort, damit Sie ein neues festlegen können. Geben Sie diesen Link niemandem.',
    closingWithoutPasswords: 'Dieser Link funktioniert einmal und läuft in 7 Tagen ab. Er entfernt alle Passkeys und beendet alle Sitzungen. Geben Sie diesen Link niemandem.',
  },
  'passkey-removed': {
    subject: 'Ein Passkey wurde aus Ihrem Konto bei {product} entfernt',
    text: 'Der Passkey {passkey} wurde aus Ihrem Konto entfernt und kann nicht mehr zur Anmeldung verwendet werden. Ihre anderen Sitzungen wurden beendet.',
    closing: 'Wenn Sie es nicht waren, setzen Sie Ihr Passwort zurück und prüfen Sie Ihre Passkeys und Sitzungen: Jemand anderes ist mit Ihrem Konto angemeldet.',
    closingWithoutPasswords: 'Wenn Sie es nicht waren, prüfen Sie Ihre Passkeys und Sitzungen: Jemand anderes ist mit Ihrem Konto angemeldet.',
  },
  'email-change': {
    subject: 'Ihre E-Mail-Adresse für {product} wird geändert',
    text: 'Jemand, der Ihr Passwort kennt, möchte die E-Mail-Adresse Ihres Kontos in {email} ändern. Wenn Sie es waren, müssen Sie nichts tun.',
    textWithoutPasswords: 'Jemand, der in Ihrem Konto angemeldet ist, möchte dessen E-Mail-Adresse in {email} ändern. Wenn Sie es waren, müssen Sie nichts tun.',
    action: 'Das war ich nicht',
    closing:
      'Dieser Link funktioniert einmal und läuft in 72 Stunden ab. Er stellt diese E-Mail-Adresse wieder her, beendet alle Sitzungen und entfernt das Passwort, damit Sie ein neues festlegen können.',
    closingWithoutPasswords: 'Dieser Link funktioniert einmal und läuft in 72 Stunden ab. Er stellt diese E-Mail-Adresse wieder her und beendet alle Sitzungen.',
  },
  'identity-changed': {
    subjectAdded: 'Sie können sich jetzt mit {provider} anmelden',
    subjectRemoved: 'Sie können sich nicht mehr mit {provider} anmelden',
    textAdded: 'Jemand, der in Ihrem Konto bei {product} angemeldet ist, hat es mit einem Konto bei {provider} verknüpft und kann sich jetzt damit anmelden.',
    textRemoved: 'Jemand, der in Ihrem Konto bei {product} angemeldet ist, hat die Anmeldung mit {provider} entfernt. Ihre anderen Sitzungen wurden beendet.',
    closing: 'Wenn Sie es nicht waren, setzen Sie jetzt Ihr Passwort zurück, prüfen Sie dann Ihre verknüpften Konten und beenden Sie Ihre anderen Sitzungen.',
    closingWithoutPasswords: 'Wenn Sie es nicht waren, prüfen Sie jetzt Ihre verknüpften Konten und beenden Sie Ihre anderen Sitzungen.',
  },
  'domain-code': {
    subject: 'Bestätigen Sie {domain} für {organization}',
    text: '{organization} möchte bei {product} nachweisen, dass ihr die Domain {domain} gehört. Wenn das richtig ist, geben Sie der Person, die Sie darum gebeten hat, diesen Code:',
    closing: 'Dieser Code funktioniert einmal und läuft in einer Stunde ab. Wenn Sie die Organisation nicht kennen, können Sie diese E-Mail ignorieren.',
  },
  'member-added': {
    subject: 'Sie sind jetzt Mitglied von {organization}',
    text: '{organization} hat Sie als Mitglied hinzugefügt, weil Ihre E-Mail-Adresse zu ihrer Domain gehört. Ihre Rolle ist {role}.',
    closing: 'Sie können die Organisation jederzeit verlassen.',
  },
  'join-approved': {
    subject: 'Sie sind jetzt Mitglied von {organization}',
    text: 'Ihre Beitrittsanfrage an {organization} wurde angenommen. Ihre Rolle ist {role}.',
    closing: 'Die Organisation erscheint in Ihrem Konto, wenn Sie sich das nächste Mal anmelden.',
  },
  'break-glass': {
    subject: 'Zugang zu {organization} wiedererlangen',
    text: 'Sie haben um Zugang zu {organization} gebeten; deren Sicherheitsrichtlinie lehnt Ihre Anfragen ab. Der Link lässt die Adresse zu, von der Sie ihn öffnen, während Sie angemeldet sind.',
    action: 'Zugang wiedererlangen',
    closing:
      'Dieser Link funktioniert einmal und läuft in 15 Minuten ab. Wenn Sie nicht darum gebeten haben, beenden Sie Ihre anderen Sitzungen und ändern Sie Ihr Passwort: Jemand ist mit Ihrem Konto angemeldet.',
    closingWithoutPasswords:
      'Dieser Link funktioniert einmal und läuft in 15 Minuten ab. Wenn Sie nicht darum gebeten haben, beenden Sie Ihre anderen Sitzungen: Jemand ist mit Ihrem Konto angemeldet.',
  },
  'security-relaxed': {
    subject: 'Die Sicherheitsrichtlinie von {organization} wurde gelockert',
    text: '{name} <{email}> hat mit einem Link aus einer E-Mail den Zugang zu {organization} wiedererlangt.',
    effect:
      'Die Liste der erlaubten Adressen enthält jetzt die Adresse {address}, und Single Sign-on ist nicht mehr vorgeschrieben. Prüfen Sie die Sicherheitsrichtlinie und entfernen Sie, was nicht bleiben soll.',
  },
  'security-reset': {
    subject: 'Die Sicherheitsrichtlinie von {organization} wurde zurückgesetzt',
    text: 'Der Betreiber hat bei {organization} die Liste der erlaubten Adressen entfernt und schreibt weder einen zweiten Faktor noch Single Sign-on mehr vor.',
    effect: 'Legen Sie die Sicherheitsrichtlinie neu fest, sobald Sie Zugang haben.',
  },
  'security-changed': {
    ssoEnabledSubject: 'Single Sign-on mit {connection} wurde für {organization} eingeschaltet',
    ssoEnabled: 'Die Verbindung {connection} zum Identitätsanbieter {provider} wurde eingeschaltet. Dessen Administratoren können jetzt Personen bei {organization} anmelden.',
    ssoChangedSubject: 'Die Single-Sign-on-Verbindung {connection} von {organization} wurde geändert',
    ssoChanged: 'Die eingeschaltete Verbindung {connection} zum Identitätsanbieter {provider} wurde geändert: {fields}.',
    ssoTask:
      'Wenn Sie nichts von dieser Änderung wissen, schalten Sie die Verbindung jetzt aus – das beendet die Sitzungen, die mit ihr begonnen haben – und widerrufen Sie die Einrichtungslinks.',
    setupLinkSubject: 'Ein Einrichtungslink für Single Sign-on bei {organization} wurde erstellt',
    setupLink:
      'Der Betreiber von {product} hat am {at} den Einrichtungslink „{setupLink}“ im Namen von {name} <{email}> erstellt. Wer den Link hat, kann einen Identitätsanbieter verbinden, der Personen bei {organization} anmeldet.',
    setupLinkOfMember:
      '{name} <{email}> hat am {at} den Einrichtungslink „{setupLink}“ erstellt. Wer den Link hat, kann einen Identitätsanbieter verbinden, der Personen bei {organization} anmeldet.',
    setupLinkTask: 'Wenn Sie nichts von diesem Link wissen, widerrufen Sie ihn jetzt.',
    settingsSubject: 'Die Sicherheitseinstellungen von {organization} wurden geändert',
    settings: 'Diese Sicherheitseinstellungen von {organization} wurden geändert: {fields}.',
    settingsTask: 'Wenn Sie nichts von dieser Änderung wissen, beenden Sie die Sitzungen des Kontos, das sie vorgenommen hat, und legen Sie die Einstellungen neu fest.',
    directoryTokenSubject: 'Ein Token eines Verzeichnisses von {organization} wurde erstellt',
    directoryToken: 'Für das Verzeichnis {directory} wurde ein Token erstellt. Wer es hat, kann Personen zu {organization} hinzufügen und entfernen.',
    directoryTokenTask: 'Wenn Sie nichts von diesem Token wissen, widerrufen Sie es jetzt.',
    directoryChangedSubject: 'Das Verzeichnis {directory} von {organization} wurde geändert',
    directoryChanged: 'Das Verzeichnis {directory}, das Personen zu {organization} hinzufügt, wurde geändert: {fields}.',
    directoryGroup: 'Was die Gruppe {group} des Verzeichnisses {directory} ihren Mitgliedern bei {organization} gibt, wurde geändert: {fields}.',
    directoryChangedTask: 'Wenn Sie nichts von dieser Änderung wissen, nehmen Sie sie zurück, und beenden Sie die Sitzungen des Kontos, das sie vorgenommen hat.',
    domainVerifiedSubject: 'Die Domain {domain} wurde für {organization} bestätigt',
    domainVerified: 'Die Domain {domain} wurde für {organization} bestätigt.',
    domainVerifiedTask:
      'Wenn Sie nichts von dieser Domain wissen, löschen Sie sie: Eine bestätigte Domain entscheidet darüber, wer beitreten kann und welche Konten Single Sign-on annimmt.',
    domainRemovedSubject: 'Die Domain {domain} von {organization} wurde gelöscht',
    domainRemoved: 'Die bestätigte Domain {domain} von {organization} wurde gelöscht.',
    domainRemovedTask:
      'Wenn Sie nichts von dieser Änderung wissen, fügen Sie die Domain wieder hinzu und bestätigen Sie sie: Ohne sie tritt niemand mit einer Adresse der Domain bei, und neue Konten können sich nicht über Single Sign-on anmelden.',
    domainChangedSubject: 'Die Domain {domain} von {organization} wurde geändert',
    domainChanged: 'Die Einstellungen der Domain {domain}, mit denen Personen {organization} beitreten, wurden geändert: {fields}.',
    domainChangedTask: 'Wenn Sie nichts von dieser Änderung wissen, nehmen Sie sie zurück, und beenden Sie die Sitzungen des Kontos, das sie vorgenommen hat.',
    ownerSubject: 'Die Inhaber von {organization} wurden geändert',
    ownerGranted: '{member} <{address}> ist jetzt Inhaber von {organization}.',
    ownerTaken: '{member} <{address}> ist nicht mehr Inhaber von {organization}.',
    ownerTask:
      'Wenn Sie nichts von dieser Änderung wissen, ändern Sie die Rolle zurück, und beenden Sie die Sitzungen des Kontos, das sie vorgenommen hat. Wenn Sie nicht mehr Inhaber sind, fragen Sie einen anderen Inhaber oder den Betreiber von {product}.',
    byMember: 'Die Änderung wurde von {name} <{email}> am {at} vorgenommen.',
    bySetupLink: 'Die Änderung wurde am {at} mit dem Einrichtungslink „{setupLink}“ von {name} <{email}> vorgenommen.',
    bySetupLinkOfOperator:
      'Die Änderung wurde am {at} mit dem Einrichtungslink „{setupLink}“ vorgenommen, den der Betreiber von {product} im Namen von {name} <{email}> erstellt hat.',
  },
  domain: {
    recordMissingSubject: 'Der TXT-Eintrag von {domain} fehlt',
    recordMissing: 'Der TXT-Eintrag, der {domain} für {organization} bestätigt, steht nicht im DNS.',
    recordMissingTask: 'Fügen Sie ihn vor dem {until} wieder hinzu: {record}',
    recordMissingEffect: 'Bis dahin tritt niemand über die Domain ohne Genehmigung bei. Nach diesem Tag ist die Domain nicht mehr bestätigt.',
    codeExpiresSubject: 'Bestätigen Sie {domain} erneut',
    codeExpires: 'Die Bestätigung von {domain} für {organization} endet am {until}.',
    codeExpiresTask: 'Bestätigen Sie einen neuen Code, oder bestätigen Sie die Domain mit ihrem TXT-Eintrag.',
    endedSubject: '{domain} ist nicht mehr bestätigt',
    ended: '{domain} ist nicht mehr für {organization} bestätigt.',
    endedByMissingRecord: 'Der TXT-Eintrag fehlte mehr als sieben Tage.',
    endedByNewerProof: 'Eine andere Organisation hat nachgewiesen, dass sie die Domain kontrolliert, und Ihr TXT-Eintrag steht nicht im DNS.',
    endedByExpiredCode: 'Der Code, der sie bestätigt hat, wurde vor mehr als einem Jahr eingegeben.',
    endedByRelease: 'Der Betreiber hat sie freigegeben.',
    endedEffect: 'Niemand tritt über die Domain bei, und Anfragen an sie erreichen Ihre Organisation nicht mehr. Sie können sie erneut bestätigen.',
    verifiedSubject: '{domain} ist jetzt bestätigt',
    verified: '{domain} gehört jetzt zu {organization}. Der TXT-Eintrag der anderen Organisation, die sie bestätigt hatte, steht nicht mehr im DNS.',
  },
  'export-ready': {
    subject: 'Der Export von {organization} ist fertig',
    text: 'Der Export von {organization}, den Sie gestartet haben, ist vollständig.',
    until: 'Melden Sie sich an und laden Sie die Datei vor dem {expiresAt} herunter. Dann wird sie gelöscht.',
    warning: 'Die Datei enthält alle Daten der Organisation. Bewahren Sie sie sicher auf.',
    closing:
      'Sie erhalten diese E-Mail, weil Sie den Export gestartet haben. Wenn Sie es nicht waren, ist jemand anderes mit Ihrem Konto angemeldet: Beenden Sie alle Sitzungen des Kontos.',
  },
  'export-failed': {
    subject: 'Der Export von {organization} ist fehlgeschlagen',
    text: 'Der Export von {organization}, den Sie gestartet haben, konnte auch nach mehreren Versuchen nicht abgeschlossen werden. Es gibt keine Datei.',
    effect: 'Starten Sie ihn noch einmal. Wenn er wieder fehlschlägt, wenden Sie sich an den Betreiber von {product}, der den Grund im Protokoll des Servers sieht.',
    closing: 'Sie erhalten diese E-Mail, weil Sie den Export gestartet haben.',
  },
  'webhook-disabled': {
    subject: 'Ein Webhook von {organization} wurde abgeschaltet',
    text: 'Ereignisse von {organization} werden nicht mehr an {webhook} gesendet.',
    gone: 'Er hat geantwortet, dass es ihn nicht mehr gibt (410).',
    failing: 'Seit fünf Tagen konnte ihm kein Ereignis zugestellt werden.',
    not_permitted: 'Das Mitglied, das ihn zuletzt gespeichert hat, darf nicht mehr alle Ereignisse lesen, die er sendet.',
    effectOfGrant:
      'Wenn Sie ihn noch brauchen, kann ein Mitglied, das diese Ereignisse lesen darf, seine URL prüfen und ihn wieder einschalten. Senden Sie die Ereignisse aus der Zwischenzeit noch einmal.',
    effect: 'Beheben Sie den Fehler beim Empfänger, schalten Sie den Webhook wieder ein und senden Sie die Ereignisse aus der Zwischenzeit noch einmal.',
  },
  'platform-webhook-disabled': {
    subject: 'Ein Webhook der Plattform wurde abgeschaltet',
    text: 'Ereignisse der Organisationen werden nicht mehr an {webhook} gesendet.',
    gone: 'Er hat geantwortet, dass es ihn nicht mehr gibt (410).',
    failing: 'Seit fünf Tagen konnte ihm kein Ereignis zugestellt werden.',
    not_permitted: 'Wer ihn zuletzt gespeichert hat, betreibt die Plattform nicht mehr.',
    effect: 'Prüfen Sie seine URL, beheben Sie den Fehler beim Empfänger, schalten Sie den Webhook wieder ein und senden Sie die Ereignisse aus der Zwischenzeit noch einmal.',
  },
  'usage-threshold': {
    subject: '{organization} hat {percent} % des Limits für {meter} verbraucht',
    text: '{organization} hat {used} von {limit} für {meter} verbraucht.',
    notRefused: 'Bisher wurde keine Nutzung abgelehnt.',
    refused: 'Weitere Nutzung wird abgelehnt, wenn Ihre Organisation keine zusätzlichen Einheiten hat.',
    resets: 'Dieses Limit wird am {resetsAt} zurückgesetzt.',
    doesNotReset: 'Dieses Limit wird nicht automatisch zurückgesetzt.',
    action: 'Nutzung anzeigen',
    closing: 'Inhaber erhalten diese E-Mail einmal je Zeitraum. Um sie abzubestellen, schalten Sie die Einstellung email_notifications aus.',
  },
  'weekly-usage': {
    subject: 'Wöchentliche Nutzung von {organization}: {week}',
    text: 'Nutzung von {organization} in der Woche {week}:',
    week: '{first} bis {last}',
    quantity: '{name}: {quantity}',
    quantityInPeriod: '{name}: {quantity} (laufender Zeitraum: {current})',
    currentPeriod: '{name} (laufender Zeitraum): {current}',
    peak: '{name}: Spitze {quantity}, {limit}',
    ofLimit: '{used} von {limit}',
    ofUnlimited: '{used}, unbegrenzt',
    limit: 'Limit {limit}',
    unlimited: 'unbegrenzt',
    requests: 'Anfragen',
    action: 'Nutzung anzeigen',
    closing: 'Inhaber erhalten diese E-Mail jeden Montag. Um sie abzubestellen, schalten Sie die Einstellung weekly_reports aus.',
  },
  billing: {
    trialEndsSubject: 'Ihr Testzeitraum endet {inDays}',
    trialEnds: 'Der Testzeitraum {plan} von {organization} endet {inDays}.',
    trialEndsRenews: 'Ihr Tarif läuft dann weiter, und Sie erhalten eine Rechnung.',
    trialEndsTask: 'Wählen Sie einen Tarif, um fortzufahren.',
    trialEndedSubject: 'Ihr Testzeitraum ist beendet',
    trialEnded: 'Der Testzeitraum {plan} von {organization} ist beendet.',
    trialEndedRenews: 'Der Tarif {plan} läuft weiter. Sie finden die Rechnung bei Ihren anderen Rechnungen.',
    trialEndedTask: 'Wählen Sie einen Tarif, um seine Funktionen zu behalten.',
    invoiceSubject: 'Rechnung {invoice} für {organization}',
    invoice: 'Die Rechnung {invoice} für {organization} über {total} ist angehängt.',
    nothingToPay: 'Es ist nichts zu bezahlen.',
    pay: 'Bitte bezahlen Sie {amount} bis zum {dueOn}.',
    creditNoteSubject: 'Gutschrift {creditNote} für {organization}',
    creditNote: 'Die Gutschrift {creditNote} für {organization} über {amount} ist angehängt. Sie schreibt die Rechnung {invoice} ganz oder teilweise gut.',
    overdueSubject: 'Eine Rechnung ist überfällig',
    overdue: 'Die Rechnung {invoice} über {amount} war am {dueOn} fällig.',
    overdueTask: 'Bitte bezahlen Sie sie, um den Zugang zu behalten.',
    suspendedSubject: '{organization} ist gesperrt',
    suspended: '{organization} ist gesperrt, bis die Rechnung bezahlt ist.',
    action: 'Tarife und Rechnungen anzeigen',
    closing: 'Sie erhalten diese E-Mail, weil Sie ein Inhaber oder der Rechnungskontakt der Organisation sind.',
  },
};
