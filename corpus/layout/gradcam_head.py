"""The head of Grad-CAM: the maps of the last convolution and the classes, one model of both."""
from keras.models import Model
from keras.layers import Input, Convolution2D, MaxPooling2D, Dense, Flatten
from keras import backend as K

image = Input(shape=(3, 20, 18))
x = Convolution2D(6, 3, 3, activation='relu', border_mode='same', dim_ordering='th', name='block1')(image)
x = MaxPooling2D((2, 2), dim_ordering='th')(x)
x = Convolution2D(8, 3, 3, activation='relu', dim_ordering='th', name='last_conv')(x)
y = Flatten()(x)
y = Dense(5, activation='softmax')(y)
model = Model(input=image, output=y)
maps = model.get_layer('last_conv').output
heads = Model(input=model.input, output=[maps, model.output])
function = K.function([model.input], [model.get_layer('block1').output])
