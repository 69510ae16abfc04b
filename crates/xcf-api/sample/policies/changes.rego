package main

import rego.v1

# Nothing of the foundation is replaced by accident: make a new one beside it and move over.
deny contains result if {
	some unit in input.units
	unit.layer == "Foundation"
	is_array(unit.changes) # null: not planned yet; judged again when it is
	some change in unit.changes
	change.action == "replace"
	result := {
		"id": "foundation-replace",
		"unit": unit.id,
		"msg": sprintf("%s would replace %s", [unit.id, change.address]),
	}
}
