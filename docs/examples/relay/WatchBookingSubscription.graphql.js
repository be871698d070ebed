/**
 * @generated SignedSource<<1ae25246129dfcdbd17a096f0d8f4e60>>
 * @lightSyntaxTransform
 */

/* eslint-disable */

'use strict';

var node = (function(){
var v0 = [
  {
    "defaultValue": null,
    "kind": "LocalArgument",
    "name": "bookingId"
  }
],
v1 = [
  {
    "alias": null,
    "args": [
      {
        "kind": "Variable",
        "name": "bookingId",
        "variableName": "bookingId"
      }
    ],
    "concreteType": "Booking",
    "kind": "LinkedField",
    "name": "bookingUpdates",
    "plural": false,
    "selections": [
      {
        "alias": null,
        "args": null,
        "kind": "ScalarField",
        "name": "id",
        "storageKey": null
      },
      {
        "alias": null,
        "args": null,
        "kind": "ScalarField",
        "name": "status",
        "storageKey": null
      },
      {
        "alias": null,
        "args": null,
        "kind": "ScalarField",
        "name": "holdExpiresAt",
        "storageKey": null
      },
      {
        "alias": null,
        "args": null,
        "kind": "ScalarField",
        "name": "confirmedAt",
        "storageKey": null
      }
    ],
    "storageKey": null
  }
];
return {
  "fragment": {
    "argumentDefinitions": (v0/*:: as any*/),
    "kind": "Fragment",
    "metadata": null,
    "name": "WatchBookingSubscription",
    "selections": (v1/*:: as any*/),
    "type": "Subscription",
    "abstractKey": null
  },
  "kind": "Request",
  "operation": {
    "argumentDefinitions": (v0/*:: as any*/),
    "kind": "Operation",
    "name": "WatchBookingSubscription",
    "selections": (v1/*:: as any*/)
  },
  "params": {
    "cacheID": "330471d6ed84510fb6e6a44d771983f4",
    "id": null,
    "metadata": {},
    "name": "WatchBookingSubscription",
    "operationKind": "subscription",
    "text": "subscription WatchBookingSubscription(\n  $bookingId: ID!\n) {\n  bookingUpdates(bookingId: $bookingId) {\n    id\n    status\n    holdExpiresAt\n    confirmedAt\n  }\n}\n"
  }
};
})();

node.hash = "6c46c391f780a6898a04de512fd73aa4";

export default node;
