/**
 * @generated SignedSource<<69e717d203cb085fbd99903477837cdf>>
 * @lightSyntaxTransform
 */

/* eslint-disable */

'use strict';

var node = (function(){
var v0 = [
  {
    "alias": null,
    "args": null,
    "concreteType": "GuestSession",
    "kind": "LinkedField",
    "name": "startGuestSession",
    "plural": false,
    "selections": [
      {
        "alias": null,
        "args": null,
        "kind": "ScalarField",
        "name": "token",
        "storageKey": null
      },
      {
        "alias": null,
        "args": null,
        "kind": "ScalarField",
        "name": "expiresAt",
        "storageKey": null
      }
    ],
    "storageKey": null
  }
];
return {
  "fragment": {
    "argumentDefinitions": [],
    "kind": "Fragment",
    "metadata": null,
    "name": "StartGuestSessionMutation",
    "selections": (v0/*:: as any*/),
    "type": "Mutation",
    "abstractKey": null
  },
  "kind": "Request",
  "operation": {
    "argumentDefinitions": [],
    "kind": "Operation",
    "name": "StartGuestSessionMutation",
    "selections": (v0/*:: as any*/)
  },
  "params": {
    "cacheID": "5541e479044c5d942a983f72cd371835",
    "id": null,
    "metadata": {},
    "name": "StartGuestSessionMutation",
    "operationKind": "mutation",
    "text": "mutation StartGuestSessionMutation {\n  startGuestSession {\n    token\n    expiresAt\n  }\n}\n"
  }
};
})();

node.hash = "fe9b8194b7d1f6f02c1c44f6f64fa4cc";

export default node;
