// Long because: every route and what answers it stand in one list.
import { routes } from '@wherry/wire/routes';
import type { Entry, Handler } from '../http/router.ts';
import type { Server } from '../start/server.ts';
import { alert } from './alert.ts';
import { deleteAlertRule, fireAlertRule, listAlertRules, putAlertRule, tryAlertRule } from './alert-rules.ts';
import { putAlertSet, tryAlertSet } from './alert-sets.ts';
import { deleteChannel, listChannels, putChannel, testChannel } from './alert-channels.ts';
import { createSilence, deleteSilence, listAlertEvents, listAlerts, listSilences } from './alerts.ts';
import { exportAudit, listAudit, verifyAudit } from './audit.ts';
import { backup, listBackups } from './backups.ts';
import { apiPage, openapi } from './api-document.ts';
import { deleteBoard, listBoards, putBoard, readBoard } from './boards.ts';
import { build } from './builds.ts';
import { calls } from './calls.ts';
import { readCapture, replayCall } from './captures.ts';
import { readPayload, redriveEdited } from './payloads.ts';
import { createExportLink, readExportLink } from './export-links.ts';
import { exportTable, readUsage } from './export.ts';
import { configuration } from './configuration.ts';
import { doctor } from './doctor.ts';
import { events } from './events.ts';
import { deploy, list, one, remove, scale } from './functions.ts';
import { gatewayLog } from './gateway-log.ts';
import { alive, ready } from './health.ts';
import { home, ui } from './home.ts';
import { listImages, nameImage, unnameImage } from './images.ts';
import { info } from './info.ts';
import { endedInstances, instances, state } from './instances.ts';
import { logs } from './logs.ts';
import { buildInformation, metricMetadata, metricQuery } from './metric-queries.ts';
import {
  createNamespace,
  deleteNamespace,
  listNamespaces,
  readNamespace,
  updateNamespace,
} from './namespaces.ts';
import { readPackage, uploadPackage } from './packages.ts';
import { call, callbackKey, cancel, change, lanes, queued } from './queue.ts';
import {
  listReports,
  listReportSubscriptions,
  makeReport,
  pauseReportSubscription,
  previewReport,
  readReport,
  subscribeReport,
  unsubscribeReport,
} from './reports.ts';
import { publicKey, remoteBuild } from './remote-builder.ts';
import { addRuntime, listRuntimes } from './runtimes.ts';
import { scaling } from './scaling.ts';
import { listSchedules, pauseSchedule, runSchedule } from './schedules.ts';
import { createSecret, deleteSecret, listSecrets, rotateSecretKey, updateSecret } from './secrets.ts';
import { listStore, orderStoreItem, readStoreItem } from './store.ts';
import { telemetry } from './telemetry.ts';
import { listTopics, publishMessage } from './topics.ts';
import { makeSignInLink, signIn } from './sign-in.ts';
import { createToken, listTokens, revokeToken, rotateToken } from './tokens.ts';
import {
  abort,
  listAliases,
  listVersions,
  promote,
  removeAlias,
  rollback,
  setAlias,
  shareCanary,
} from './versions.ts';

/**
 * Every route of the API and what serves it. Who may use it stands beside its path in @wherry/wire/routes; nothing else decides that. Functions
 * themselves come in by http/function-door.ts.
 */
export function routeTable(server: Server): readonly Entry[] {
  const entry = (route: Entry['route'], handler: Handler): Entry => ({ route, handler });
  return [
    entry(routes.root, home),
    entry(routes.ui, ui(server)),
    entry(routes.openapi, openapi()),
    entry(routes.apiPage, apiPage()),
    entry(routes.healthz, alive),
    entry(routes.readyz, ready(server)),

    entry(routes.info, info(server)),
    entry(routes.listFunctions, list(server)),
    entry(routes.deployFunction, deploy(server, { mustExist: false })),
    entry(routes.updateFunction, deploy(server, { mustExist: true })),
    entry(routes.deleteFunction, remove(server)),
    entry(routes.readFunction, one(server)),
    entry(routes.scaleFunction, scale(server)),
    entry(routes.alert, alert(server)),
    entry(routes.telemetry, telemetry),
    entry(routes.readLogs, logs(server)),
    entry(routes.listNamespaces, listNamespaces(server)),
    entry(routes.createNamespace, createNamespace(server)),
    entry(routes.createNamespacePlain, createNamespace(server)),
    entry(routes.readNamespace, readNamespace(server)),
    entry(routes.updateNamespace, updateNamespace(server)),
    entry(routes.deleteNamespace, deleteNamespace(server)),
    entry(routes.listSecrets, listSecrets(server)),
    entry(routes.createSecret, createSecret(server)),
    entry(routes.updateSecret, updateSecret(server)),
    entry(routes.deleteSecret, deleteSecret(server)),

    entry(routes.build, build(server)),
    entry(routes.listImages, listImages(server)),
    entry(routes.nameImage, nameImage(server)),
    entry(routes.unnameImage, unnameImage(server)),
    entry(routes.remoteBuild, remoteBuild(server)),
    entry(routes.publicKey, publicKey(server)),
    entry(routes.listStore, listStore(server)),
    entry(routes.readStoreItem, readStoreItem(server)),
    entry(routes.orderStoreItem, orderStoreItem(server)),
    entry(routes.listRuntimes, listRuntimes(server)),
    entry(routes.addRuntime, addRuntime(server)),
    entry(routes.putPackage, uploadPackage(server)),
    entry(routes.readPackage, readPackage(server)),
    entry(routes.query, metricQuery(server, 'instant')),
    entry(routes.queryForm, metricQuery(server, 'instant')),
    entry(routes.queryRange, metricQuery(server, 'range')),
    entry(routes.queryRangeForm, metricQuery(server, 'range')),
    entry(routes.listSeries, metricQuery(server, 'series')),
    entry(routes.listSeriesForm, metricQuery(server, 'series')),
    entry(routes.listLabels, metricQuery(server, 'labelNames')),
    entry(routes.listLabelsForm, metricQuery(server, 'labelNames')),
    entry(routes.listLabelValues, metricQuery(server, 'labelValues')),
    entry(routes.metricMetadata, metricMetadata(server)),
    entry(routes.buildInformation, buildInformation),
    entry(routes.listBoards, listBoards(server)),
    entry(routes.readBoard, readBoard(server)),
    entry(routes.putBoard, putBoard(server)),
    entry(routes.deleteBoard, deleteBoard(server)),
    entry(routes.listCalls, calls(server)),
    entry(routes.readCall, call(server)),
    entry(routes.cancelCall, cancel(server, 'id')),
    entry(routes.cancelAsync, cancel(server, 'name')),
    entry(routes.readCapture, readCapture(server)),
    entry(routes.replayCall, replayCall(server)),
    entry(routes.listLanes, lanes(server)),
    entry(routes.listQueued, queued(server)),
    entry(routes.cancelQueued, change(server, 'cancel')),
    entry(routes.readPayload, readPayload(server)),
    entry(routes.redriveEdited, redriveEdited(server)),
    entry(routes.redrive, change(server, 'redrive')),
    entry(routes.discard, change(server, 'discard')),
    entry(routes.callbackKey, callbackKey(server)),
    entry(routes.listSchedules, listSchedules(server)),
    entry(routes.pauseSchedule, pauseSchedule(server, true)),
    entry(routes.resumeSchedule, pauseSchedule(server, false)),
    entry(routes.runSchedule, runSchedule(server)),
    entry(routes.listTopics, listTopics(server)),
    entry(routes.publish, publishMessage(server)),
    entry(routes.listAlerts, listAlerts(server)),
    entry(routes.putAlertSet, putAlertSet(server)),
    entry(routes.tryAlertSet, tryAlertSet(server)),
    entry(routes.listAlertEvents, listAlertEvents(server)),
    entry(routes.listAlertRules, listAlertRules(server)),
    entry(routes.putAlertRule, putAlertRule(server)),
    entry(routes.deleteAlertRule, deleteAlertRule(server)),
    entry(routes.tryAlertRule, tryAlertRule(server)),
    entry(routes.fireAlertRule, fireAlertRule(server)),
    entry(routes.listSilences, listSilences(server)),
    entry(routes.createSilence, createSilence(server)),
    entry(routes.deleteSilence, deleteSilence(server)),
    entry(routes.listChannels, listChannels(server)),
    entry(routes.putChannel, putChannel(server)),
    entry(routes.deleteChannel, deleteChannel(server)),
    entry(routes.testChannel, testChannel(server)),
    entry(routes.readState, state(server)),
    entry(routes.listVersions, listVersions(server)),
    entry(routes.rollback, rollback(server)),
    entry(routes.shareCanary, shareCanary(server)),
    entry(routes.promote, promote(server)),
    entry(routes.abort, abort(server)),
    entry(routes.listAliases, listAliases(server)),
    entry(routes.setAlias, setAlias(server)),
    entry(routes.removeAlias, removeAlias(server)),
    entry(routes.readScaling, scaling(server)),
    entry(routes.listInstances, instances(server)),
    entry(routes.listEndedInstances, endedInstances(server)),
    entry(routes.events, events(server)),
    entry(routes.listTokens, listTokens(server)),
    entry(routes.createToken, createToken(server)),
    entry(routes.deleteToken, revokeToken(server)),
    entry(routes.rotateToken, rotateToken(server)),
    entry(routes.rotateSecretKey, rotateSecretKey(server)),
    entry(routes.backup, backup(server)),
    entry(routes.listBackups, listBackups(server)),
    entry(routes.makeSignInLink, makeSignInLink(server)),
    entry(routes.signIn, signIn(server)),
    entry(routes.listAudit, listAudit(server)),
    entry(routes.exportAudit, exportAudit(server)),
    entry(routes.verifyAudit, verifyAudit(server)),
    entry(routes.exportTable, exportTable(server)),
    entry(routes.createExportLink, createExportLink(server)),
    entry(routes.readExportLink, readExportLink(server)),
    entry(routes.readUsage, readUsage(server)),
    entry(routes.listReports, listReports(server)),
    entry(routes.makeReport, makeReport(server)),
    entry(routes.previewReport, previewReport(server)),
    entry(routes.readReport, readReport(server)),
    entry(routes.listReportSubscriptions, listReportSubscriptions(server)),
    entry(routes.subscribeReport, subscribeReport(server)),
    entry(routes.pauseReport, pauseReportSubscription(server, true)),
    entry(routes.resumeReport, pauseReportSubscription(server, false)),
    entry(routes.unsubscribeReport, unsubscribeReport(server)),
    entry(routes.doctor, doctor(server)),
    entry(routes.gatewayLog, gatewayLog(server)),
    entry(routes.config, configuration(server)),
  ];
}
