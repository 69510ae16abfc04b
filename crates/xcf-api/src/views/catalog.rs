//! Cards, types and variables as they go over the wire.

use crate::dto::{
    AttributeDto, CardInputDto, CardObjectDto, CardOutputDto, DiagnosticDto, ModuleCardDto, PlaceDto, TypeDto,
    ValidationDto,
};
use xcf_plan::catalog::ModuleCard;
use xcf_plan::content::types::{Attribute, InputType};
use xcf_plan::content::{ContentKind, OutputDecl, Variable};

fn kind_word(kind: ContentKind) -> &'static str {
    match kind {
        ContentKind::Pulumi => "pulumi",
        ContentKind::Terraform => "terraform",
        ContentKind::Kubernetes => "kubernetes",
        ContentKind::Ansible => "ansible",
        ContentKind::Ssh => "ssh",
        ContentKind::Native => "native",
    }
}

/// A card.
pub(crate) fn card(card: &ModuleCard, used_by: Vec<String>) -> ModuleCardDto {
    let interface = &card.content.interface;
    ModuleCardDto {
        reference: card.reference.clone(),
        kinds: card.content.kinds.iter().map(|k| kind_word(*k).to_owned()).collect(),
        engines: card.content.engines().iter().map(ToString::to_string).collect(),
        title: card.title.clone(),
        description: card.description.clone(),
        inputs: interface.inputs.iter().map(|(name, v)| input(name, v)).collect(),
        outputs: interface.outputs.iter().map(|(name, o)| output(name, o)).collect(),
        inputs_known: interface.inputs_known,
        outputs_known: interface.outputs_known,
        objects: card
            .objects
            .iter()
            .map(|o| CardObjectDto {
                kind: o.kind.clone(),
                name: o.name.clone(),
                namespace: o.namespace.clone(),
                place: PlaceDto::from(&o.place),
            })
            .collect(),
        used_by,
        broken: card.is_broken(),
        diagnostics: card.diagnostics.iter().map(DiagnosticDto::from).collect(),
    }
}

fn input(name: &str, variable: &Variable) -> CardInputDto {
    CardInputDto {
        name: name.to_owned(),
        value_type: value_type(&variable.input_type),
        description: variable.description.clone(),
        required: variable.required,
        sensitive: variable.sensitive,
        nullable: variable.nullable,
        default: variable.default_value.clone(),
        default_text: variable.default.clone(),
        choices: variable.choices().map(<[_]>::to_vec),
        validations: validations(variable),
        place: PlaceDto::from(&variable.place),
    }
}

fn output(name: &str, output: &OutputDecl) -> CardOutputDto {
    CardOutputDto {
        name: name.to_owned(),
        value_type: value_type(&output.output_type),
        description: output.description.clone(),
        sensitive: output.sensitive,
        place: PlaceDto::from(&output.place),
    }
}

/// What a variable checks.
pub(crate) fn validations(variable: &Variable) -> Vec<ValidationDto> {
    let one = |v: &xcf_plan::content::Validation| ValidationDto {
        condition: v.condition.clone(),
        message: v.message.clone(),
    };
    variable.validations.iter().map(one).collect()
}

/// A type.
pub(crate) fn value_type(of: &InputType) -> TypeDto {
    let mut dto =
        TypeDto { kind: String::new(), text: of.text(), items: None, members: Vec::new(), attributes: Vec::new() };
    dto.kind = match of {
        InputType::Unknown => "any",
        InputType::String => "string",
        InputType::Number => "number",
        InputType::Bool => "bool",
        InputType::List(_) => "list",
        InputType::Set(_) => "set",
        InputType::Map(_) => "map",
        InputType::Tuple(_) => "tuple",
        InputType::Object(_) => "object",
    }
    .to_owned();
    match of {
        InputType::List(inner) | InputType::Set(inner) | InputType::Map(inner) => {
            dto.items = Some(Box::new(value_type(inner)));
        }
        InputType::Tuple(members) => dto.members = members.iter().map(value_type).collect(),
        InputType::Object(fields) => dto.attributes = fields.iter().map(attribute).collect(),
        _ => {}
    }
    dto
}

fn attribute((name, field): (&String, &Attribute)) -> AttributeDto {
    AttributeDto {
        name: name.clone(),
        value_type: value_type(&field.value),
        required: field.required,
        default: field.default.clone(),
    }
}
