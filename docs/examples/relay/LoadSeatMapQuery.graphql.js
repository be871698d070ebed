/**
 * @generated SignedSource<<6f860ce597c8ec494f14e8b2aa34eae3>>
 * @lightSyntaxTransform
 */

/* eslint-disable */

'use strict';

var node = (function(){
var v0 = [
  {
    "defaultValue": null,
    "kind": "LocalArgument",
    "name": "eventId"
  }
],
v1 = [
  {
    "alias": null,
    "args": [
      {
        "kind": "Variable",
        "name": "id",
        "variableName": "eventId"
      }
    ],
    "concreteType": "Event",
    "kind": "LinkedField",
    "name": "event",
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
        "name": "name",
        "storageKey": null
      },
      {
        "alias": null,
        "args": null,
        "concreteType": "SeatMap",
        "kind": "LinkedField",
        "name": "seatMap",
        "plural": false,
        "selections": [
          {
            "alias": null,
            "args": null,
            "kind": "ScalarField",
            "name": "version",
            "storageKey": null
          },
          {
            "alias": null,
            "args": null,
            "kind": "ScalarField",
            "name": "states",
            "storageKey": null
          },
          {
            "alias": null,
            "args": null,
            "kind": "ScalarField",
            "name": "layoutUrl",
            "storageKey": null
          }
        ],
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
    "name": "LoadSeatMapQuery",
    "selections": (v1/*:: as any*/),
    "type": "Query",
    "abstractKey": null
  },
  "kind": "Request",
  "operation": {
    "argumentDefinitions": (v0/*:: as any*/),
    "kind": "Operation",
    "name": "LoadSeatMapQuery",
    "selections": (v1/*:: as any*/)
  },
  "params": {
    "cacheID": "ba412f7cb81323adb4bcf044d2f42acb",
    "id": null,
    "metadata": {},
    "name": "LoadSeatMapQuery",
    "operationKind": "query",
    "text": "query LoadSeatMapQuery(\n  $eventId: ID!\n) {\n  event(id: $eventId) {\n    id\n    name\n    seatMap {\n      version\n      states\n      layoutUrl\n    }\n  }\n}\n"
  }
};
})();

node.hash = "1acdd9b7eb3a22292a61863a2169db5c";

export default node;
